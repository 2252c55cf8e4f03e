//! Accounts that whoever runs the server bans.

use heartogether::{id::AccountId, room::Event};

use crate::{cluster::message::SessionChange, error::ServerError, state::Node};

impl Node {
    /// Bans an account: ends its sessions and its programs' tokens, keeps its person from signing in, and puts it out of all rooms
    /// that know it. Returns whether there is such an account.
    pub(crate) async fn ban(&self, account: AccountId) -> Result<bool, ServerError> {
        {
            let _turn = self.auth.changing.lock().await;
            if !self.store.ban_account(account, self.clock.date()).await? {
                return Ok(false);
            }
            self.announce(SessionChange::AccountSignedOut(account));
        }
        self.tell_rooms(account, &Event::AccountBanned { account }).await?;
        self.announce(SessionChange::AccountSignedOut(account));
        Ok(true)
    }
}
