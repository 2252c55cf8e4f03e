//! Requests places in rooms: new ones, and those of an earlier connection.

use heartogether::{
    id::{DisplayName, MemberId, NameMark, ResumeToken, RoomCode, RoomId},
    protocol::{Join, ResumeRoom},
    refusal::Refusal,
    role::AccountKind,
    room::{Event, JoinRequested, Marks, ResumeRequested},
    rules::RoomKind,
};

use super::{CloseReason, Failure, RoomRequests};
use crate::{error::ServerError, http::AddressBlock, random, rooms::RoomHandle, state::Node};

impl RoomRequests {
    pub(super) async fn join(
        &self,
        room: RoomCode,
        Join { role, take_over, name, returns }: Join,
    ) -> Result<(), Failure> {
        self.look_ups.check().map_err(|_| Refusal::TooManyFrames)?;
        let kind = RoomKind::with_role(role);
        let name = name.filter(|_| kind.members_name_themselves()).unwrap_or_else(|| self.account.name.clone());
        // Where nobody is shown it, it does not get into the log; elsewhere it does only if its person wants it.
        let email = self.account.email_for_hosts().filter(|_| kind.keeps_emails_of(role));
        let request = JoinRequested {
            connection: self.connection,
            account: self.account.id,
            kind: self.kind(),
            marks: Marks::default(),
            email: email.map(str::to_owned),
            has_picture: self.account.has_picture() && name == self.account.name && kind.shows_pictures_of(role),
            name,
            role,
            take_over,
            returns,
            member: MemberId::from_bits(random::bits()),
            token: ResumeToken::from_bits(random::bits()),
        };
        self.enter(room, Event::JoinRequested(request)).await
    }

    pub(super) async fn resume(&self, ResumeRoom { room, token, last_seq }: ResumeRoom) -> Result<(), Failure> {
        let (connection, account, kind) = (self.connection, self.account.id, self.kind());
        let request = ResumeRequested { connection, account, kind, token, last_seq };
        self.enter(room, Event::ResumeRequested(request)).await
    }

    fn kind(&self) -> AccountKind {
        self.account.kind(self.node.config.auth.guests())
    }

    /// What a room recognises this page by.
    fn marks_in(&self, room: RoomId) -> Marks {
        let (keys, caller) = (&self.node.auth.keys, &self.caller);
        let address = AddressBlock::of_household(caller.address).to_string();
        Marks {
            browser: caller.browser.map(|browser| keys.browser_mark(room, browser)),
            address: Some(keys.address_mark(room, &address)),
            name: None,
        }
    }

    /// What a room recognises a name by that a member chooses.
    ///
    /// # Errors
    /// [`Refusal::NameTaken`] for names that the server itself may speak with.
    pub(super) fn name_mark(&self, room: RoomId, name: &DisplayName) -> Result<NameMark, Refusal> {
        if name.is_reserved() { Err(Refusal::NameTaken) } else { Ok(self.node.auth.keys.name_mark(room, name)) }
    }

    /// Asks a room for a place. The room answers, so it has to hold the send queue first.
    async fn enter(&self, code: RoomCode, request: Event) -> Result<(), Failure> {
        if self.send_queue.is_confined() {
            self.send_queue.close(CloseReason::GONE);
            return Ok(());
        }
        self.make_way(code).await?;
        let id = self.find(code).await?;
        let (limits, now) = (&self.node.command_limits, self.node.clock.now());
        let is_join = matches!(request, Event::JoinRequested(_));
        let takes = limits.requests.take(self.account.id, id, now).await
            && (!is_join || limits.take_join(self.account.id, now).await);
        if !takes {
            return Err(Refusal::TooManyRequests.into());
        }
        let room = self.node.rooms.open(id);
        if !self.rooms.admit(code, room.clone()) {
            return Err(Refusal::TooManyPlaces.into());
        }
        let is_membership =
            matches!(&request, Event::JoinRequested(join) if RoomKind::with_role(join.role).members_stay());
        let was_member = is_membership && room.has_place(self.account.id).await;
        let entered = self.ask_for_place(code, &room, request).await;
        self.rooms.note_answered(code);
        entered?;
        self.note_visit(id);
        // Who has to wait for the owner is no member yet.
        if is_membership && room.has_place(self.account.id).await {
            // Whoever opens the list next finds the room there.
            self.node.add_to_list(self.account.id, id, was_member).await.map_err(Failure::Fault)?;
        }
        Ok(())
    }

    async fn ask_for_place(&self, code: RoomCode, room: &RoomHandle, mut request: Event) -> Result<(), Failure> {
        if let Err(refusal) = room.attach(self.connection.id, self.send_queue.clone()).await {
            self.rooms.remove(code);
            return Err(refusal.into());
        }
        // Where members do not converse, nobody is blocked.
        if !matches!(&request, Event::JoinRequested(join) if !RoomKind::with_role(join.role).members_stay()) {
            self.tell_blocked(room).await?;
        }
        if let Event::JoinRequested(join) = &mut request {
            join.marks = self.marks_in(room.id());
            if RoomKind::with_role(join.role).members_name_themselves() {
                join.marks.name = Some(self.name_mark(room.id(), &join.name)?);
            }
        }
        self.append(code, request).await.map(drop)
    }

    /// Finds a room. Whoever has guessed too often finds only rooms they have been in.
    async fn find(&self, code: RoomCode) -> Result<RoomId, Failure> {
        let Node { store, rate_limits, clock, .. } = &*self.node;
        let permits = async |room| {
            let is_found = !rate_limits.has_no_look_ups(&self.caller, clock.now()).await
                || store.visits(self.account.id).await?.contains(&room);
            Ok(is_found.then_some(()).ok_or(Refusal::TooManyRequests))
        };
        Ok(self.node.find_for(code, &self.caller, permits).await.map_err(Failure::Fault)??)
    }

    /// Remembers where the account has been, for its own landing page. Nobody waits for it, and the sound least of all.
    fn note_visit(&self, room: RoomId) {
        let (store, account, now) = (self.node.store.clone(), self.account.id, self.node.clock.now());
        tokio::spawn(async move {
            if let Err(error) = store.add_visit(account, room, now).await {
                ServerError::from(error).report();
            }
        });
    }

    /// A connection that was refused a place, or gave it up, may ask again; a member may not. And there are only so many rooms
    /// for one connection.
    async fn make_way(&self, code: RoomCode) -> Result<(), Failure> {
        if let Some(room) = self.rooms.get(code) {
            if room.is_member(self.connection.id).await {
                return Err(Refusal::OutOfOrder.into());
            }
            self.let_go(code).await;
        }
        if self.rooms.have_room() {
            return Ok(());
        }
        for (other, room) in self.rooms.answered() {
            if !room.has_page(self.connection.id).await {
                self.let_go(other).await;
                return Ok(());
            }
        }
        Err(Refusal::TooManyPlaces.into())
    }

    async fn let_go(&self, code: RoomCode) {
        if let Some(room) = self.rooms.remove(code) {
            room.detach(self.connection.id).await;
        }
    }
}
