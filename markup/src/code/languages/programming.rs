//! The languages of programs.

use super::{HASH, Language, Program, Syntax, language, program};
use crate::code::families::{
    C_LIKE, C_SHARP, DOUBLE_ONLY, GO, JAVA_LIKE, LONG, LUA, ML, PLAIN, QUOTES, RUST, SCRIPT, TRIPLE,
};

pub(super) static LANGUAGES: &[Language] = &[
    language("C", &["c", "h"], program!(C_LIKE)),
    language(
        "C#",
        &["c#", "csharp", "cs"],
        program!(JAVA_LIKE, quotes: C_SHARP, attributes: "#",
        keywords: "abstract as async await base break case catch checked class const continue default delegate do \
            else enum event explicit extern finally fixed for foreach get goto if implicit in init interface \
            internal is lock namespace new operator out override params partial private protected public readonly \
            record ref return sealed set sizeof stackalloc static struct switch this throw try typeof unchecked \
            unsafe using value var virtual volatile when where while with yield",
        types: "bool byte char decimal double dynamic float int long nint object sbyte short string uint ulong \
            ushort void"),
    ),
    language(
        "C++",
        &["c++", "cpp", "cxx", "cc", "hpp"],
        program!(C_LIKE, has_capitals: true,
        keywords: "alignas alignof and auto break case catch class co_await co_return co_yield concept const \
            consteval constexpr constinit const_cast continue decltype default delete do dynamic_cast else enum \
            explicit export extern final for friend goto if inline mutable namespace new noexcept not operator or \
            override private protected public register reinterpret_cast requires return sizeof static \
            static_assert static_cast struct switch template this throw try typedef typeid typename union using \
            virtual volatile while"),
    ),
    language(
        "Clojure",
        &["clojure", "clj"],
        program!(PLAIN, line_comments: &[";"], quotes: DOUBLE_ONLY,
        word_characters: "-?!*+<>=/.", calls: &[],
        keywords: "case cond cond-> def defmacro defmethod defmulti defn defn- defprotocol defrecord do doseq \
            dotimes fn for if if-let if-not let letfn loop ns quote recur require throw try when when-let \
            when-not", constants: "true false nil"),
    ),
    language(
        "Dart",
        &["dart"],
        program!(JAVA_LIKE,
        keywords: "abstract as assert async await base break case catch class const continue covariant default \
            deferred do dynamic else enum export extends extension external factory final finally for get hide if \
            implements import in interface is late library mixin new on operator part required rethrow return \
            sealed set show static super switch sync this throw try typedef var when while with yield",
        types: "bool double int num void"),
    ),
    language(
        "Elixir",
        &["elixir", "ex"],
        program!(PLAIN, line_comments: HASH, quotes: TRIPLE, attributes: "@:",
        word_characters: "?!", has_capitals: true,
        keywords: "after alias and case catch cond def defguard defimpl defmacro defmodule defp defprotocol \
            defstruct do else end fn for if import in not or quote raise receive rescue require try unless \
            unquote use when with", constants: "true false nil"),
    ),
    language(
        "Erlang",
        &["erlang", "erl"],
        program!(PLAIN, line_comments: &["%"], attributes: "-?",
        has_capitals: true,
        keywords: "after and andalso begin case catch end fun if not of or orelse receive try when",
        constants: "true false undefined"),
    ),
    language(
        "F#",
        &["f#", "fsharp"],
        program!(ML, line_comments: &["//"],
        keywords: "abstract and as async begin class default do done downto elif else end exception extern \
            finally for fun function if in inherit inline interface internal lazy let match member module mutable \
            namespace new of open or override private public rec return static struct then to try type use val \
            when while with yield", constants: "true false null",
        types: "bool byte char decimal float int int64 string unit"),
    ),
    language(
        "Go",
        &["go", "golang"],
        program!(C_LIKE, quotes: GO, attributes: "",
        keywords: "break case chan const continue default defer else fallthrough for func go goto if import \
            interface map package range return select struct switch type var", constants: "true false nil iota",
        types: "any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 int8 \
            rune string uint uint16 uint32 uint64 uint8 uintptr"),
    ),
    language(
        "Haskell",
        &["haskell", "hs"],
        program!(ML, line_comments: &["--"], block_comment: Some(("{-", "-}")),
        keywords: "case class data default deriving do else foreign forall if import in infix infixl infixr \
            instance let module newtype of qualified then type where"),
    ),
    language("Java", &["java"], program!(JAVA_LIKE)),
    language("JavaScript", &["javascript", "js", "mjs", "jsx"], program!(SCRIPT)),
    language(
        "Julia",
        &["julia"],
        program!(PLAIN, line_comments: HASH, block_comment: Some(("#=", "=#")),
        quotes: TRIPLE, attributes: "@", has_capitals: true,
        keywords: "abstract baremodule begin break catch const continue do else elseif end export finally for \
            function global if import in let local macro module mutable primitive quote return struct try type \
            using where while", constants: "true false nothing missing"),
    ),
    language(
        "Kotlin",
        &["kotlin", "kt"],
        program!(JAVA_LIKE, types: "",
        keywords: "abstract annotation as break by catch class companion const constructor continue crossinline \
            data do else enum external final finally for fun get if import in infix init inline inner interface \
            internal is lateinit noinline object open operator out override package private protected public \
            reified return sealed set super suspend tailrec this throw try typealias val var vararg when where \
            while"),
    ),
    language(
        "Lua",
        &["lua"],
        program!(PLAIN, line_comments: &["--"], block_comment: Some(("--[[", "]]")),
        quotes: LUA,
        keywords: "and break do else elseif end for function goto if in local not or repeat return then until \
            while", constants: "true false nil"),
    ),
    language(
        "Objective-C",
        &["objective-c", "objc"],
        program!(C_LIKE, attributes: "#@", has_capitals: true,
        constants: "NULL nil Nil YES NO true false"),
    ),
    language(
        "OCaml",
        &["ocaml", "ml"],
        program!(ML, constants: "true false",
        keywords: "and as assert begin class constraint do done downto else end exception external for fun \
            function functor if in include inherit initializer lazy let match method module mutable new nonrec \
            object of open or private rec sig struct then to try type val virtual when while with",
        types: "bool bytes char exn float int list option string unit"),
    ),
    language(
        "Perl",
        &["perl", "pl"],
        program!(PLAIN, line_comments: HASH, variables: "$@%",
        keywords: "and bless can die do else elsif eval for foreach given if isa last local my next no not or our \
            package print redo require return say shift sub unless until use warn when while"),
    ),
    language(
        "PHP",
        &["php"],
        program!(JAVA_LIKE, line_comments: &["//", "#"], quotes: QUOTES, variables: "$",
        attributes: "",
        keywords: "abstract and array as break callable case catch class clone const continue declare default do \
            echo else elseif enum extends final finally fn for foreach function global goto if implements include \
            instanceof interface isset list match namespace new or php print private protected public readonly \
            require require_once return static switch throw trait try unset use var while yield",
        types: "bool float int iterable mixed never object string void"),
    ),
    language(
        "Python",
        &["python", "py"],
        program!(PLAIN, line_comments: HASH, quotes: TRIPLE, attributes: "@",
        has_capitals: true,
        keywords: "and as assert async await break case class continue def del elif else except finally for from \
            global if import in is lambda match nonlocal not or pass raise return try while with yield",
        constants: "True False None self cls",
        types: "bool bytes dict float int list object set str tuple type"),
    ),
    language(
        "R",
        &["r"],
        program!(PLAIN, line_comments: HASH, word_characters: ".",
        keywords: "break else for function if in next repeat return while", constants: "TRUE FALSE NULL NA NaN Inf"),
    ),
    language(
        "Ruby",
        &["ruby", "rb"],
        program!(PLAIN, line_comments: HASH, quotes: LONG, attributes: "@:",
        variables: "$", word_characters: "?!", has_capitals: true,
        keywords: "alias and begin break case class def defined do else elsif end ensure extend for if in include \
            module next not or private protected public raise redo require rescue retry return self super then \
            undef unless until when while yield", constants: "true false nil"),
    ),
    language(
        "Rust",
        &["rust", "rs"],
        program!(C_LIKE, quotes: RUST, has_characters: true, has_capitals: true,
        calls: &["(", "!(", "![", "!{", "::<"],
        keywords: "as async await break const continue crate dyn else enum extern fn for if impl in let loop \
            match mod move mut pub ref return self static struct super trait type union unsafe use where while",
        constants: "true false",
        types: "Self bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize"),
    ),
    language(
        "Scala",
        &["scala"],
        program!(JAVA_LIKE,
        keywords: "abstract case catch class def do else enum export extends extension final finally for forSome \
            given if implicit import inline lazy match new object open opaque override package private protected \
            return sealed super then this throw trait transparent try type using val var while with yield",
        types: ""),
    ),
    language(
        "Swift",
        &["swift"],
        program!(JAVA_LIKE, constants: "true false nil", types: "", attributes: "@#",
        keywords: "actor any as associatedtype async await break case catch class continue convenience default \
            defer deinit do else enum extension fallthrough fileprivate final for func get guard if import in \
            indirect init inout internal is isolated lazy let mutating nonisolated open operator override private \
            protocol public repeat required rethrows return self set some static struct subscript super switch \
            throw throws try typealias var weak where while"),
    ),
    language("TypeScript", &["typescript", "ts"], TYPESCRIPT),
    language("TSX", &["tsx"], TYPESCRIPT),
    language(
        "Zig",
        &["zig"],
        program!(C_LIKE, attributes: "@", constants: "true false null undefined",
        keywords: "align allowzero and anyframe asm break catch comptime const continue defer else enum errdefer \
            error export extern fn for if inline noalias or orelse packed pub resume return struct suspend switch \
            test threadlocal try union unreachable usingnamespace var volatile while",
        types: "anyerror anytype bool f32 f64 i16 i32 i64 i8 isize noreturn type u16 u32 u64 u8 usize void"),
    ),
];

const TYPESCRIPT: Syntax = program!(SCRIPT,
    keywords: "abstract as asserts async await break case catch class const continue debugger declare default \
            delete do else enum export extends finally for from function get if implements import in infer \
            instanceof interface is keyof let namespace new of override private protected public readonly return \
            satisfies set static super switch this throw try type typeof var void while with yield",
    types: "any bigint boolean never number object string symbol unknown");
