//! What may be asked of EXPLAIN.

/// What EXPLAIN is to tell, and how. A database that cannot answers `Unsupported`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Explain {
    /// Whether the query runs, and its real times and rows are told.
    pub analyze: bool,
    /// Whether the output columns and the like are told too.
    pub verbose: bool,
    /// Whether the use of buffers is told too; needs `analyze`.
    pub buffers: bool,
    /// The form of the answer; without it the database's own.
    pub format: Option<ExplainFormat>,
}

/// The form of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExplainFormat {
    /// Text.
    Text,
    /// A JSON document.
    Json,
    /// XML.
    Xml,
    /// YAML.
    Yaml,
    /// A tree as text.
    Tree,
}

impl ExplainFormat {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Json => "JSON",
            Self::Xml => "XML",
            Self::Yaml => "YAML",
            Self::Tree => "TREE",
        }
    }
}
