//! Parsers of request headers. They need no socket and no web framework, so they can be fuzzed alone.
//!
//! | module | what it reads |
//! | --- | --- |
//! | [`authority`] | hosts, ports and origins; different spellings are equal |
//! | [`cookie`] | `Cookie` |
//! | [`forwarded`] | `Forwarded` and `X-Forwarded-*` |

pub mod authority;
pub mod cookie;
pub mod forwarded;
