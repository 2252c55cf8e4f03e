//! Which versions nodes have: while two run side by side, the older one may not understand what the newer one writes.

use std::{fmt, str::FromStr};

use crate::storage::log::{EVENT_VERSION, SNAPSHOT_VERSION};

/// A node's version; the greater one understands all that the other one writes. By default, that of nodes which do not say theirs: it is
/// the oldest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeVersion(Vec<u32>);

impl NodeVersion {
    /// The version of this node. The formats come first. A release may also know kinds of entries that an earlier one with the same formats
    /// does not.
    pub fn own() -> Self {
        let release = env!("CARGO_PKG_VERSION").split(['.', '-', '+']).map_while(|part| part.parse().ok());
        Self([EVENT_VERSION, SNAPSHOT_VERSION].into_iter().chain(release).collect())
    }
}

impl fmt::Display for NodeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

impl FromStr for NodeVersion {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split('.').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_count_more_than_releases_and_who_says_nothing_is_the_oldest() {
        let version = |text: &str| text.parse::<NodeVersion>().expect("a version");
        assert!(version("3.2.0.1.0") > version("2.9.9.9.9"));
        assert!(version("2.3.0.1.0") > version("2.2.0.9.0"));
        assert!(version("2.2.0.10.0") > version("2.2.0.9.1"));
        assert!(NodeVersion::own() > NodeVersion::default());
        assert_eq!(version(&NodeVersion::own().to_string()), NodeVersion::own());
        assert!("2.x".parse::<NodeVersion>().is_err());
    }
}
