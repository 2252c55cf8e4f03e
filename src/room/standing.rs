//! Standings: the relation of an account to a room, and what it may do there.

use super::{Command, Member, Room};
use crate::{
    id::{AccountId, ConnectionId},
    refusal::Refusal,
    role::{AccountKind, Permission, Role, Standing},
};

impl Room {
    /// The standing of an account; `None` stands for somebody without an account.
    pub fn standing_of(&self, account: Option<AccountId>) -> Standing {
        match account {
            None => Standing::Nobody,
            Some(account) if self.owner() == Some(account) => Standing::Owner,
            Some(account) => self.standing_beside_owner(account),
        }
    }

    /// The standing of an account that requests a place of this role. An owner who requests another place than their
    /// own has no special standing.
    pub(super) fn standing_for(&self, account: AccountId, role: Role) -> Standing {
        let is_own_place = role == self.kind().owner_role();
        if is_own_place { self.standing_of(Some(account)) } else { self.standing_beside_owner(account) }
    }

    fn standing_beside_owner(&self, account: AccountId) -> Standing {
        let place = self.members().find(|member| member.account == account && !member.is_permanent);
        match place {
            _ if self.roster.removed.has(account) => Standing::Removed,
            Some(member) => self.kind().standing(member.role, false),
            None => Standing::Account,
        }
    }

    /// The standing of a member.
    pub(super) fn standing_as(&self, member: &Member) -> Standing {
        self.kind().standing(member.role, member.is_permanent)
    }

    pub(super) fn permit(&self, standing: Standing, kind: AccountKind, permission: Permission) -> Result<(), Refusal> {
        match self.kind().allows(standing, permission) {
            true => kind.check(permission),
            false => Err(standing.refusal(permission)),
        }
    }

    /// Whether an account of this kind may do something here.
    ///
    /// # Errors
    /// [`Refusal::NotSignedIn`], [`Refusal::NotOwner`], [`Refusal::Removed`] or [`Refusal::NotAllowed`], then those of
    /// [`AccountKind::check`].
    pub fn check(&self, account: AccountId, kind: AccountKind, permission: Permission) -> Result<(), Refusal> {
        self.permit(self.standing_of(Some(account)), kind, permission)
    }

    pub(super) fn member_may(&self, member: &Member, permission: Permission) -> bool {
        self.kind().allows(self.standing_as(member), permission)
    }

    /// The member at a connection, who may converse.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], [`Refusal::RoomEnded`] or [`Refusal::NotAllowed`].
    pub fn conversing_at(&self, connection: ConnectionId) -> Result<&Member, Refusal> {
        let member = self.member_at(connection).ok_or(Refusal::NotAMember)?;
        match () {
            () if self.ended.is_some() => Err(Refusal::RoomEnded),
            () if self.member_may(member, Permission::Converse) => Ok(member),
            () => Err(Refusal::NotAllowed),
        }
    }

    /// The member who may give the command.
    pub(super) fn check_command(&self, connection: ConnectionId, command: &Command) -> Result<&Member, Refusal> {
        let member = self.member_at(connection).ok_or(Refusal::NotAMember)?;
        let standing = self.standing_as(member);
        match () {
            () if self.ended.is_some() => Err(Refusal::RoomEnded),
            () if self.kind().allows(standing, command.permission()) => Ok(member),
            () => Err(standing.refusal(command.permission())),
        }
    }
}
