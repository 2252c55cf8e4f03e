//! Accounts, and the ways to sign in.

use heartogether::{
    id::{AccountId, DisplayName},
    role::{AccountKind, Guests},
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
