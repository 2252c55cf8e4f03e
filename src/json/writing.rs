//! The types that are written.

use std::fmt::Write;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::Unfit;

/// A text that is being written.
#[derive(Default)]
pub(super) struct Written(pub(super) String);

impl Written {
    #[inline(never)]
    fn add(&mut self, text: &str) {
        self.0.push_str(text);
    }

    #[inline(never)]
    fn number(&mut self, number: u64) {
        // A string takes everything.
        let _ = write!(self.0, "{number}");
    }

    #[inline(never)]
    fn string(&mut self, text: &str) {
        self.0.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            self.0.push_str(text.get(from..at).unwrap_or_default());
            from = at + 1;
            match byte {
                b'"' => self.0.push_str("\\\""),
                b'\\' => self.0.push_str("\\\\"),
                b'\n' => self.0.push_str("\\n"),
                b'\r' => self.0.push_str("\\r"),
                b'\t' => self.0.push_str("\\t"),
                0x8 => self.0.push_str("\\b"),
                0xc => self.0.push_str("\\f"),
                _ => _ = write!(self.0, "\\u{byte:04x}"),
            }
        }
        self.0.push_str(text.get(from..).unwrap_or_default());
        self.0.push('"');
    }

    /// Begins an object with this one entry.
    #[inline(never)]
    fn name(&mut self, variant: &str) {
        self.add("{");
        self.string(variant);
        self.add(":");
    }

    #[inline(never)]
    fn parts(&mut self, begin: &str, end: &'static str) -> Parts<'_> {
        self.add(begin);
        Parts { written: self, is_first: true, end }
    }
}

/// The parts of an object or an array that is being written.
pub(super) struct Parts<'at> {
    written: &'at mut Written,
    is_first: bool,
    end: &'static str,
}

impl Parts<'_> {
    #[inline(never)]
    fn next(&mut self) -> &mut Written {
        if !std::mem::take(&mut self.is_first) {
            self.written.add(",");
        }
        self.written
    }

    #[inline(never)]
    fn field(&mut self, name: &str) -> &mut Written {
        let written = self.next();
        written.string(name);
        written.add(":");
        written
    }

    fn close(self) -> Result<(), Unfit> {
        self.written.add(self.end);
        Ok(())
    }
}

/// Numbers of these types are written as one that fits all.
macro_rules! whole_numbers {
    ($($serialize:ident $type:ty,)*) => {$(
        fn $serialize(self, number: $type) -> Result<(), Unfit> {
            self.number(number.into());
            Ok(())
        }
    )*};
}

macro_rules! refused {
    ($($serialize:ident $type:ty,)*) => {$(
        fn $serialize(self, _: $type) -> Result<(), Unfit> {
            Err(Unfit)
        }
    )*};
}

impl<'at> Serializer for &'at mut Written {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Parts<'at>;
    type SerializeTuple = Parts<'at>;
    type SerializeTupleStruct = Parts<'at>;
    type SerializeTupleVariant = Parts<'at>;
    type SerializeMap = Parts<'at>;
    type SerializeStruct = Parts<'at>;
    type SerializeStructVariant = Parts<'at>;

    whole_numbers! { serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, }
    refused! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_f32 f32, serialize_f64 f64,
        serialize_char char, serialize_bytes &[u8],
    }

    fn serialize_bool(self, is_true: bool) -> Result<(), Unfit> {
        self.add(if is_true { "true" } else { "false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Unfit> {
        self.string(text);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unfit> {
        self.add("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unfit> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.name(variant);
        value.serialize(&mut *self)?;
        self.add("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'at>, Unfit> {
        Ok(self.parts("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'at>, Unfit> {
        Ok(self.parts("[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'at>, Unfit> {
        Ok(self.parts("[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'at>, Unfit> {
        self.name(variant);
        Ok(self.parts("[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'at>, Unfit> {
        Ok(self.parts("{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'at>, Unfit> {
        Ok(self.parts("{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'at>, Unfit> {
        self.name(variant);
        Ok(self.parts("{", "}}"))
    }
}

/// Each of these traits writes one value after the other.
macro_rules! elements {
    ($($trait:ident $serialize:ident,)*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = Unfit;

            fn $serialize<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
                value.serialize(self.next())
            }

            fn end(self) -> Result<(), Unfit> {
                self.close()
            }
        }
    )*};
}

/// Each of these traits writes one named value after the other.
macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = Unfit;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unfit> {
                value.serialize(self.field(name))
            }

            fn end(self) -> Result<(), Unfit> {
                self.close()
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}
fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unfit> {
        let mut name = Written::default();
        key.serialize(&mut name)?;
        if !name.0.starts_with('"') {
            return Err(Unfit);
        }
        self.next().add(&name.0);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.written.add(":");
        value.serialize(&mut *self.written)
    }

    fn end(self) -> Result<(), Unfit> {
        self.close()
    }
}
