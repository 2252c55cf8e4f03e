//! Text without a language: a key and the values of its placeholders. Pages, states and toasts carry phrases, so that a
//! page can change its language.

/// A text of every language, without placeholders. Its number is its place in a language's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub(crate) u16);

/// A key with what fills its placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    key: Key,
    /// What its plural form depends on, if it has any.
    count: Option<u32>,
    values: Vec<Value>,
}

/// What fills a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// As it is, such as a name.
    Text(String),
    /// Written as the language writes numbers.
    Number(u32),
    /// A number with one digit after the point, in tenths.
    Tenths(u32),
    /// Said in the same language.
    Phrase(Box<Phrase>),
}

impl Key {
    /// Where its text stands.
    pub(crate) const fn place(self) -> usize {
        self.0 as usize
    }
}

impl Phrase {
    pub(crate) fn new(key: Key, values: Vec<Value>) -> Self {
        Self { key, count: None, values }
    }

    pub(crate) fn counted(key: Key, count: u32, values: Vec<Value>) -> Self {
        Self { key, count: Some(count), values }
    }

    /// Where its text stands: that of a plural's other numbers comes after that of one.
    pub(super) fn place(&self) -> usize {
        self.key.place() + usize::from(self.count.is_some_and(|count| count != 1))
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }
}

impl From<Key> for Phrase {
    fn from(key: Key) -> Self {
        Self::new(key, Vec::new())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        Phrase::from(key).into()
    }
}

impl From<Phrase> for Value {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(Box::new(phrase))
    }
}
