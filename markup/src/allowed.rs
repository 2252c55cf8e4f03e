//! The allow-list: all elements, attributes and classes that a message can be drawn with.
//!
//! They are enums, so nothing else can be written. The fence ([`crate::fence`]) is built from the same lists.

/// Defines a list of names.
macro_rules! names {
    ($(#[$meta:meta])* $list:ident { $($(#[$about:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $list {
            $($(#[$about])* $variant,)*
        }

        impl $list {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// As it is written in HTML.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

names! {
    /// An element of HTML or of MathML Core (<https://www.w3.org/TR/mathml-core/>).
    Tag {
        Link = "a",
        Quote = "blockquote",
        Break = "br",
        Code = "code",
        Strikethrough = "del",
        Emphasis = "em",
        Heading3 = "h3",
        Heading4 = "h4",
        Heading5 = "h5",
        Heading6 = "h6",
        Rule = "hr",
        Image = "img",
        Item = "li",
        NumberedList = "ol",
        Paragraph = "p",
        Block = "pre",
        Span = "span",
        Strong = "strong",
        Table = "table",
        TableBody = "tbody",
        Cell = "td",
        HeadCell = "th",
        TableHead = "thead",
        Row = "tr",
        List = "ul",
        Math = "math",
        MathEnclosure = "menclose",
        MathFraction = "mfrac",
        MathIdentifier = "mi",
        MathMultiscripts = "mmultiscripts",
        MathNumber = "mn",
        MathOperator = "mo",
        MathOver = "mover",
        MathPadded = "mpadded",
        MathPhantom = "mphantom",
        MathPrescripts = "mprescripts",
        MathRoot = "mroot",
        MathRow = "mrow",
        MathSpace = "mspace",
        MathSquareRoot = "msqrt",
        MathSub = "msub",
        MathSubSup = "msubsup",
        MathSup = "msup",
        MathTable = "mtable",
        MathCell = "mtd",
        MathText = "mtext",
        MathTableRow = "mtr",
        MathUnder = "munder",
        MathUnderOver = "munderover",
    }
}

impl Tag {
    /// Whether it has no content and no end tag (HTML, section 13.1.2).
    pub(crate) const fn is_void(self) -> bool {
        matches!(self, Self::Break | Self::Rule | Self::Image)
    }

    /// Whether it is of MathML.
    pub(crate) const fn is_math(self) -> bool {
        self as u8 >= Self::Math as u8
    }

    /// The attributes that it may have.
    pub(crate) const fn attributes(self) -> &'static [Attribute] {
        use Attribute as A;
        match self {
            Self::Link => &[A::Href, A::Rel, A::Target],
            Self::Code | Self::Cell | Self::HeadCell | Self::Span => &[A::Class],
            Self::Block => &[A::Class, A::Language],
            Self::Image => &[A::Class, A::Diagram, A::Width, A::Height, A::Alternative],
            Self::NumberedList => &[A::Start],
            Self::Math => &[A::Display],
            Self::MathEnclosure => &[A::Notation],
            Self::MathFraction => &[A::LineThickness, A::DisplayStyle, A::ScriptLevel],
            Self::MathIdentifier => &[A::MathVariant],
            Self::MathOperator => &[
                A::Stretchy,
                A::MovableLimits,
                A::Form,
                A::Symmetric,
                A::LargeOperator,
                A::LeftSpace,
                A::RightSpace,
                A::LeastSize,
                A::MostSize,
            ],
            Self::MathOver => &[A::Accent],
            Self::MathUnder => &[A::AccentUnder],
            Self::MathUnderOver => &[A::Accent, A::AccentUnder],
            Self::MathPadded | Self::MathSpace => &[A::Class, A::Width, A::Height],
            Self::MathRow | Self::MathTable => &[A::Class, A::DisplayStyle, A::ScriptLevel],
            Self::MathCell => &[A::Class],
            _ => &[],
        }
    }
}

names! {
    /// An attribute. None of them can run anything, and only `href` is an address.
    Attribute {
        Class = "class",
        Href = "href",
        Rel = "rel",
        Target = "target",
        Start = "start",
        /// The name of a block's language, for its label.
        Language = "data-language",
        /// The position in [`crate::Rendered::diagrams`].
        Diagram = "data-diagram",
        Alternative = "alt",
        Accent = "accent",
        AccentUnder = "accentunder",
        Display = "display",
        DisplayStyle = "displaystyle",
        Form = "form",
        Height = "height",
        LargeOperator = "largeop",
        LineThickness = "linethickness",
        LeftSpace = "lspace",
        MathVariant = "mathvariant",
        MostSize = "maxsize",
        LeastSize = "minsize",
        MovableLimits = "movablelimits",
        Notation = "notation",
        RightSpace = "rspace",
        ScriptLevel = "scriptlevel",
        Stretchy = "stretchy",
        Symmetric = "symmetric",
        Width = "width",
    }
}

names! {
    /// A class. What it looks like is in `public/lounge.css`.
    Class {
        AlignCenter = "align-center",
        AlignRight = "align-right",
        CodeBlock = "code-block",
        Diagram = "diagram",
        Mention = "mention",
        MathError = "math-error",
        MathDown = "math-down",
        MathFlushLeft = "math-flush-left",
        MathFlushRight = "math-flush-right",
        MathLeft = "math-left",
        MathLineAbove = "math-line-above",
        MathLineLeft = "math-line-left",
        MathLineRight = "math-line-right",
        MathRight = "math-right",
        MathThrough = "math-through",
        MathTight = "math-tight",
        MathUp = "math-up",
        Attribute = "hl-attribute",
        Comment = "hl-comment",
        Constant = "hl-constant",
        Deleted = "hl-deleted",
        Escape = "hl-escape",
        Function = "hl-function",
        Heading = "hl-heading",
        Inserted = "hl-inserted",
        Keyword = "hl-keyword",
        Number = "hl-number",
        Property = "hl-property",
        String = "hl-string",
        Tag = "hl-tag",
        Type = "hl-type",
        Variable = "hl-variable",
    }
}
