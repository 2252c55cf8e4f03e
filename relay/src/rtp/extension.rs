//! The header extension of RTP (RFC 8285): elements of one-byte and of two-byte headers are read. The one-byte form is written.

/// More elements than browsers send in one packet. Further ones are passed over.
pub const MOST_ELEMENTS: usize = 8;

const ONE_BYTE: u16 = 0xBEDE;
/// Its lower four bits are the application's (RFC 8285, section 4.3).
const TWO_BYTES: u16 = 0x1000;
/// An element of one-byte form that ends the extension (RFC 8285, section 4.2).
const END: u8 = 15;
/// The largest id and the most bytes of an element in one-byte form.
const MOST_ID: u8 = 14;
const MOST_ELEMENT_BYTES: usize = 16;

/// An element of a header extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Element<'a> {
    /// What it is, by the session's description (`a=extmap`).
    pub id: u8,
    /// What it says.
    pub data: &'a [u8],
}

/// The elements of a packet, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elements<'a> {
    elements: [Element<'a>; MOST_ELEMENTS],
    count: usize,
}

impl<'a> Elements<'a> {
    /// Reads an extension with its head of four bytes. Of what is none, or ends early, the whole elements are kept.
    pub fn parse(extension: &'a [u8]) -> Self {
        let mut read = Self::default();
        let Some((head, data)) = extension.split_at_checked(4) else { return read };
        let form = u16::from_be_bytes([head[0], head[1]]);
        if form == ONE_BYTE {
            read.parse_elements(data, 1);
        } else if form & 0xFFF0 == TWO_BYTES {
            read.parse_elements(data, 2);
        }
        read
    }

    fn parse_elements(&mut self, mut data: &'a [u8], head_bytes: usize) {
        while let Some((first, rest)) = data.split_first() {
            // A zero pads, in both forms.
            if *first == 0 {
                data = rest;
                continue;
            }
            let (id, length) = match (head_bytes, rest.first()) {
                (1, _) if first >> 4 == END => return,
                (1, _) => (first >> 4, usize::from(first & 0x0F) + 1),
                (_, Some(length)) => (*first, usize::from(*length)),
                (_, None) => return,
            };
            let Some((element, rest)) = data[head_bytes..].split_at_checked(length) else { return };
            self.push(Element { id, data: element });
            data = rest;
        }
    }

    /// Adds an element. False where there are too many.
    pub fn push(&mut self, element: Element<'a>) -> bool {
        // In one-byte form, an id of zero has a length and means nothing.
        let has_room = self.count < MOST_ELEMENTS && element.id != 0;
        if has_room {
            self.elements[self.count] = element;
            self.count += 1;
        }
        has_room
    }

    /// The elements.
    pub fn iter(&self) -> impl Iterator<Item = Element<'a>> {
        self.elements.iter().take(self.count).copied()
    }
}

/// What elements of a source are called for a leg. Those that the leg has not negotiated are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtensionMap {
    /// By the source's id, the leg's; zero where it has none.
    ids: [u8; 16],
}

impl ExtensionMap {
    /// Passes an element on, under the leg's id. Ids outside of 1 to 14 have no one-byte form: such an element is left out.
    pub fn pass(&mut self, source_id: u8, leg_id: u8) {
        if (1..=MOST_ID).contains(&source_id) && (1..=MOST_ID).contains(&leg_id) {
            self.ids[usize::from(source_id)] = leg_id;
        }
    }

    fn id(&self, source_id: u8) -> Option<u8> {
        self.ids.get(usize::from(source_id)).copied().filter(|id| *id != 0)
    }

    /// Writes what the leg knows in one-byte form, and says how many bytes that is: none, if it knows nothing of it.
    pub(super) fn write(&self, elements: &Elements<'_>, into: &mut [u8]) -> Option<usize> {
        let mut end = 4;
        for element in elements.iter() {
            let Some(id) = self.id(element.id) else { continue };
            let length = element.data.len();
            if length == 0 || length > MOST_ELEMENT_BYTES {
                continue;
            }
            let room = into.get_mut(end..=end + length)?;
            room[0] = id << 4 | (length - 1) as u8;
            room[1..].copy_from_slice(element.data);
            end += 1 + length;
        }
        if end == 4 {
            return Some(0);
        }
        let padded = end.next_multiple_of(4);
        into.get_mut(end..padded)?.fill(0);
        into[..2].copy_from_slice(&ONE_BYTE.to_be_bytes());
        into[2..4].copy_from_slice(&((padded / 4 - 1) as u16).to_be_bytes());
        Some(padded)
    }
}
