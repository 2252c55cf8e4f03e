//! Randomness for what need not be secret.

/// Bits that need not be secret: they keep pages from reconnecting in step.
pub(crate) fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
