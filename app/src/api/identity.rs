//! Accounts, and the ways to sign in.

use heartogether::{
    id::{AccountId, DisplayName},
    role::{AccountKind, Guests},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A person known by a sign-in or a guest name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub id: AccountId,
    /// What others see.
    pub name: DisplayName,
    /// What a sign-in provider has told of them; `None` for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

impl Account {
    /// Whether nobody vouches for this name.
    pub const fn is_guest(&self) -> bool {
        self.profile.is_none()
    }

    /// Whether there is a picture of the person.
    pub fn has_picture(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.has_picture)
    }

    /// The e-mail address, where its owner lets hosts see it.
    pub fn email_for_hosts(&self) -> Option<&str> {
        let profile = self.profile.as_ref()?;
        profile.email.as_deref().filter(|_| profile.email_shown == Some(true))
    }

    /// The e-mail address, while its owner has not said whether hosts may see it.
    pub fn email_to_ask_about(&self) -> Option<&str> {
        let profile = self.profile.as_ref()?;
        profile.email.as_deref().filter(|_| profile.email_shown.is_none())
    }

    /// What it is to a server where guests may do this.
    pub const fn kind(&self, guests: Guests) -> AccountKind {
        if self.is_guest() { AccountKind::Guest(guests) } else { AccountKind::Known }
    }
}

/// What a sign-in provider has told of a person. For that person alone, and the e-mail address for hosts whose rooms they
/// enter, if they allow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The provider's name.
    pub provider: String,
    /// The e-mail address, if the provider has checked it.
    pub email: Option<String>,
    /// Whether hosts may see it; `None` while the person has not said.
    #[serde(default)]
    pub email_shown: Option<bool>,
    /// Whether there is a picture.
    pub has_picture: bool,
}

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its part of the path.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Who a visitor is, and how they could be somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The account; `None` before signing in.
    pub account: Option<Account>,
    /// What guests may do.
    pub guests: Guests,
    /// The ways to sign in.
    pub providers: Vec<Provider>,
    /// How long to wait for a server or a provider that wakes up, in milliseconds.
    pub warm_up_ms: u64,
    /// Seconds after which a page that stays open asks again, so that the session lasts while it is used.
    pub renew_in_s: u64,
}

impl SessionView {
    /// What the visitor is to the server; `None` before signing in.
    pub fn kind(&self) -> Option<AccountKind> {
        self.account.as_ref().map(|account| account.kind(self.guests))
    }
}

/// Defines what tokens may allow together with its name, so that none can be forgotten.
macro_rules! scopes {
    ($($(#[$meta:meta])* $name:ident $code:literal;)*) => {
        /// What a token allows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Scope {
            $($(#[$meta])* #[serde(rename = $code)] $name,)*
        }

        impl Scope {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in forms, in the database and in `docs/http.md`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

scopes! {
    /// List the rooms of the account.
    ReadRooms "read_rooms";
    /// Open rooms of the account's own.
    CreateRooms "create_rooms";
    /// Read the messages of rooms that the account is a member of.
    ReadMessages "read_messages";
    /// Write messages there.
    SendMessages "send_messages";
}

impl Scope {
    /// The scope with this name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.code() == code)
    }

    /// Reads names with spaces between them. Those of other versions are left out.
    pub fn list(codes: &str) -> Vec<Self> {
        codes.split_whitespace().filter_map(Self::parse).collect()
    }
}

/// A token, without what would let somebody use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramToken {
    /// What it is revoked by.
    pub id: String,
    /// What it is for.
    #[serde(deserialize_with = "DisplayName::told")]
    pub label: DisplayName,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute; `None` if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}
