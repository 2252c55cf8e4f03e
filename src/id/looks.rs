//! What a name looks like: names that people cannot tell apart look the same.

use unicode_security::confusable_detection::skeleton;

use super::DisplayName;

/// Names that people take for the server's own words.
const RESERVED: [&str; 12] = [
    "admin",
    "administrator",
    "heartogether",
    "hear together",
    "moderator",
    "system",
    "support",
    "server",
    "系统",
    "管理员",
    "客服",
    "sistema",
];

impl DisplayName {
    /// What the name looks like: its skeleton (UTS #39, section 4) without case, spaces and punctuation. Two names with the same
    /// looks can be taken for each other. It depends on the version of Unicode, so it is never stored.
    ///
    /// ```
    /// use heartogether::id::DisplayName;
    ///
    /// let [ada, imitation] = ["Ada L.", "аdа l"].map(|name| DisplayName::parse(name).unwrap());
    /// assert_eq!(ada.looks(), imitation.looks());
    /// ```
    pub fn looks(&self) -> String {
        looks_of(self.as_str())
    }

    /// Whether the name looks like one that the server itself may speak with.
    pub fn is_reserved(&self) -> bool {
        let looks = self.looks();
        RESERVED.iter().any(|reserved| looks_of(reserved) == looks)
    }
}

fn looks_of(name: &str) -> String {
    let lower = |text: String| text.to_lowercase();
    let skeleton: String = lower(skeleton(&lower(name.to_owned())).collect());
    let visible: String = skeleton.chars().filter(|c| c.is_alphanumeric()).collect();
    // A name of signs alone is compared by its signs.
    if visible.is_empty() { skeleton } else { visible }
}
