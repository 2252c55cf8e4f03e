//! What can be ordered, as the command line says it.

use clap::{Args, Subcommand};
use heartogether::{
    id::{AccountId, PictureId, RoomCode},
    refusal::Refusal,
};

/// Orders that are listed unless told otherwise.
const LISTED: u32 = 50;

/// Which orders there are.
#[derive(Clone, Debug, Subcommand)]
pub enum OperatorTask {
    /// List the live rooms, or end one
    #[command(subcommand)]
    Rooms(RoomsTask),
    /// Find accounts, ban one, or lift a ban
    #[command(subcommand)]
    Accounts(AccountsTask),
    /// Remove a picture from a message
    #[command(subcommand)]
    Pictures(PicturesTask),
    /// List what was ordered, by whom, and what came of it
    #[command(subcommand)]
    Audit(AuditTask),
}

/// What can be ordered about rooms.
#[derive(Clone, Debug, Subcommand)]
pub enum RoomsTask {
    /// List the live rooms: code, last activity, number of messages and id
    List(By),
    /// End a room for good, for everyone in it
    Close {
        /// Its code
        #[arg(value_parser = parse_code)]
        code: RoomCode,
        /// Who orders it.
        #[command(flatten)]
        by: By,
    },
}

/// What can be ordered about accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsTask {
    /// List the accounts with a name: id, name, sign-in provider, and whether they are banned
    Find {
        /// The name, in upper or lower case
        name: String,
        /// Who orders it.
        #[command(flatten)]
        by: By,
    },
    /// Ban an account: its sessions end, it is put out of all rooms, its own rooms end, and its person cannot sign in again
    Ban {
        /// Its id
        #[arg(value_parser = parse_account)]
        id: AccountId,
        /// Who orders it.
        #[command(flatten)]
        by: By,
    },
    /// Let the person of a banned account sign in again
    Unban {
        /// Its id
        #[arg(value_parser = parse_account)]
        id: AccountId,
        /// Who orders it.
        #[command(flatten)]
        by: By,
    },
}

/// What can be ordered about pictures.
#[derive(Clone, Debug, Subcommand)]
pub enum PicturesTask {
    /// Remove a picture from its message, for everyone, and delete its bytes. A message that shows nothing else is deleted
    Remove {
        /// Its address as a page has it (/pictures/ROOM/ID, with or without the site), or its id
        #[arg(value_parser = parse_picture)]
        picture: PictureId,
        /// Who orders it.
        #[command(flatten)]
        by: By,
    },
}

/// What can be asked of the audit trail.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditTask {
    /// List the latest orders
    List {
        /// How many
        #[arg(long, default_value_t = LISTED)]
        limit: u32,
    },
}

/// Who gives the order.
#[derive(Args, Clone, Debug)]
pub struct By {
    /// Who gives the order, for the audit trail [default: the user of the system]
    #[arg(long)]
    by: Option<String>,
}

impl By {
    pub(super) fn name(&self) -> String {
        let of_system = || ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        self.by.clone().or_else(of_system).unwrap_or_else(|| "unknown".to_owned())
    }
}

fn parse_code(text: &str) -> Result<RoomCode, Refusal> {
    RoomCode::parse(text)
}

fn parse_account(text: &str) -> Result<AccountId, String> {
    text.parse().map_err(|_| "an account's id has 32 hexadecimal digits".to_owned())
}

/// An address is that of a picture if its path ends with an id.
fn parse_picture(text: &str) -> Result<PictureId, String> {
    let path = text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let id = path.rsplit('/').next().unwrap_or_default();
    id.parse().map_err(|_| "a picture's address ends with its id, which has 32 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_by_its_address_or_its_id() {
        let id = PictureId::from_bits(0xabc);
        for text in [
            format!("{id}"),
            format!("/pictures/ABC234/{id}"),
            format!("https://example.org/hear/pictures/ABC234/{id}"),
            format!("https://example.org/pictures/ABC234/{id}/?download#top"),
        ] {
            assert_eq!(parse_picture(&text), Ok(id), "{text}");
        }
        for text in ["", "/", "/pictures/ABC234/", "https://example.org/pictures/ABC234/abc", "abc"] {
            assert!(parse_picture(text).is_err(), "{text}");
        }
    }
}
