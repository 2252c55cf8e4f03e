//! The parts of a JSON text: what does not depend on the type that is read.

use super::Unfit;

/// A text that is being read.
pub(super) struct Text<'text> {
    text: &'text str,
    /// The bytes that were read.
    at: usize,
    /// The last string with escapes in it.
    unescaped: String,
}

impl<'text> Text<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, at: 0, unescaped: String::new() }
    }

    fn rest(&self) -> &'text [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = self.rest();
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += spaces;
        rest.get(spaces).copied()
    }

    /// Reads this byte, if it comes next.
    #[inline(never)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let comes = self.peek() == Some(byte);
        self.at += usize::from(comes);
        comes
    }

    #[inline(never)]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Unfit> {
        if self.take(byte) { Ok(()) } else { Err(Unfit) }
    }

    /// Whether another part of an object or an array follows.
    #[inline(never)]
    pub(super) fn goes_on(&mut self, is_first: &mut bool, end: u8) -> Result<bool, Unfit> {
        if self.peek() == Some(end) {
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// A number, `true`, `false` or `null`.
    #[inline(never)]
    fn word(&mut self) -> &str {
        self.peek();
        let from = self.at;
        let rest = self.rest();
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9' | b'E' | b'a'..=b'z'));
        self.at += length.count();
        self.text.get(from..self.at).unwrap_or_default()
    }

    #[inline(never)]
    pub(super) fn null(&mut self) -> Result<(), Unfit> {
        if self.word() == "null" { Ok(()) } else { Err(Unfit) }
    }

    #[inline(never)]
    pub(super) fn truth(&mut self) -> Result<bool, Unfit> {
        match self.word() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Unfit),
        }
    }

    /// Digits without a needless zero before them.
    #[inline(never)]
    pub(super) fn whole(&mut self) -> Result<u64, Unfit> {
        let word = self.word();
        let is_plain = word == "0" || word.starts_with(|first| matches!(first, '1'..='9'));
        if is_plain { word.parse().map_err(|_| Unfit) } else { Err(Unfit) }
    }

    #[inline(never)]
    pub(super) fn string(&mut self) -> Result<&str, Unfit> {
        self.expect(b'"')?;
        let from = self.at;
        self.skip_plain();
        if self.rest().first() == Some(&b'"') {
            self.at += 1;
            return self.text.get(from..self.at - 1).ok_or(Unfit);
        }
        self.unescaped.clear();
        self.unescaped.push_str(self.text.get(from..self.at).unwrap_or_default());
        while !self.unescape()? {
            let from = self.at;
            self.skip_plain();
            self.unescaped.push_str(self.text.get(from..self.at).unwrap_or_default());
        }
        Ok(&self.unescaped)
    }

    /// Goes to the next byte of a string that does not stand for itself.
    fn skip_plain(&mut self) {
        let rest = self.rest();
        self.at += rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
    }

    /// Reads an escaped character, or the end of the string. Returns whether it was the end.
    fn unescape(&mut self) -> Result<bool, Unfit> {
        let rest = self.rest();
        let (read, sign) = match rest {
            [b'"', ..] => {
                self.at += 1;
                return Ok(true);
            }
            [b'\\', b'u', ..] => {
                let digits = self.text.get(self.at + 2..self.at + 6).ok_or(Unfit)?;
                let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_number).ok_or(Unfit)?;
                (6, char::from_u32(code).ok_or(Unfit)?)
            }
            [b'\\', escaped, ..] => {
                let sign = match escaped {
                    b'"' | b'\\' | b'/' => char::from(*escaped),
                    b'b' => '\u{8}',
                    b'f' => '\u{c}',
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    _ => return Err(Unfit),
                };
                (2, sign)
            }
            _ => return Err(Unfit),
        };
        self.at += read;
        self.unescaped.push(sign);
        Ok(false)
    }

    /// Goes behind a value. Of what is within it, only strings and brackets are looked at.
    #[inline(never)]
    pub(super) fn skip(&mut self) -> Result<(), Unfit> {
        let mut depth = 0_usize;
        loop {
            match self.peek().ok_or(Unfit)? {
                b'"' => _ = self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ if self.word().is_empty() => return Err(Unfit),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}
