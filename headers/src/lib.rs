//! Parsers of request headers, without a socket or a web framework, so that they can be fuzzed on their own.
//!
//! | module | what it reads |
//! | --- | --- |
//! | [`authority`] | hosts, ports and origins, compared by what they mean |
//! | [`cookie`] | `Cookie` |
//! | [`forwarded`] | `Forwarded` and `X-Forwarded-*` |

pub mod authority;
pub mod cookie;
pub mod forwarded;
