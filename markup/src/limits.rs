//! How much a message may cost. What is beyond a limit is shown as its source.

/// The limits of one message. None of them is a time: the same message is rendered in the same way on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Characters in the source. Everything that is read more than once, or by the crates of others, is bounded by it.
    pub chars: usize,
    /// Elements in one another, those of formulas apart.
    pub depth: usize,
    /// Elements and texts.
    pub nodes: usize,
    /// Bytes of HTML.
    pub html_bytes: usize,
    /// Commands, groups and scripts in one formula. It may nest as deep, and the crate that reads it calls itself then.
    pub formula_tokens: usize,
    /// Elements of a formula in one another. Browsers put up with 512 in a document.
    pub formula_depth: usize,
    /// Diagrams. Further ones are shown as code.
    pub diagrams: usize,
    /// Bytes of one drawing of a diagram.
    pub diagram_bytes: usize,
    /// Nodes, lines and the like in one diagram.
    pub diagram_items: usize,
    /// Signs `&` in one diagram: each side's nodes are all connected with each of the other's.
    pub diagram_joins: usize,
    /// Steps of the layout of one diagram, as the crate counts them.
    pub diagram_work: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chars: 4_000,
            depth: 24,
            nodes: 8_000,
            html_bytes: 64 * 1024,
            formula_tokens: 400,
            formula_depth: 64,
            diagrams: 3,
            diagram_bytes: 128 * 1024,
            diagram_items: 1_000,
            diagram_joins: 40,
            diagram_work: 50_000,
        }
    }
}
