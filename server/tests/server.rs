//! The server's tests.
