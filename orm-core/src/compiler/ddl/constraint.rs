//! Keys, UNIQUE constraints and checks.

use super::index::is_index;
use crate::compiler::writer::Writer;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::OnDelete;
use crate::schema::{Check, ForeignKey, Rule, Table, Unique};
use crate::statement::Statement;
use crate::value::Value;

/// Whether the range of a column can be a CHECK. A foreign key has the range of what it refers to anyway.
fn can_be_checked(table: &Table, column: &str, dialect: &Dialect) -> bool {
    let features = dialect.features();
    let is_auto = table.column(column).is_some_and(|column| column.auto);
    let is_cleared = table
        .foreign_keys
        .iter()
        .any(|key| key.on_delete == OnDelete::SetNull && key.referring().any(|referring| referring == column));
    (features.checks_on_auto || !is_auto) && (features.checks_on_set_null || !is_cleared)
}

pub(super) fn add_foreign_key(table: &Table, key: &ForeignKey, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::inline(dialect);
    writer.push("ALTER TABLE ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" ADD ");
    writer.foreign_key(table, key)?;
    Ok(writer.into_schema())
}

pub(super) fn drop_foreign_key(table: &Table, key: &ForeignKey, dialect: &Dialect) -> Statement {
    let mut writer = Writer::inline(dialect);
    writer.push("ALTER TABLE ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" ");
    writer.push(dialect.features().drop_foreign_key);
    writer.push(" ");
    writer.identifier(&key.name);
    writer.into_schema()
}

impl Writer<'_> {
    pub(super) fn primary_key(&mut self, table: &Table) -> Result<()> {
        let in_column = self.features().auto_is_key && table.columns.iter().any(|column| column.auto);
        if in_column || table.primary_key.is_empty() {
            return Ok(());
        }
        self.push(", PRIMARY KEY (");
        self.identifiers(table.primary_key.iter().map(String::as_str))?;
        self.push(")");
        Ok(())
    }

    /// The UNIQUE constraints that are no indexes.
    pub(super) fn uniques(&mut self, table: &Table) -> Result<()> {
        for unique in table.uniques.iter().filter(|unique| !is_index(unique)) {
            self.push(", ");
            self.unique(table, unique)?;
        }
        Ok(())
    }

    fn unique(&mut self, table: &Table, unique: &Unique) -> Result<()> {
        self.constraint(&unique.name);
        self.push("UNIQUE (");
        self.identifiers(unique.columns.iter().map(String::as_str))?;
        self.push(")");
        if unique.deferrable {
            let feature = format!("a unique constraint checked at commit (of `{}`)", table.model);
            self.supported(self.features().deferrable_uniques, &feature)?;
            self.push(" DEFERRABLE INITIALLY DEFERRED");
        }
        Ok(())
    }

    /// The checks of a table, then those of the lengths of its texts.
    pub(super) fn checks(&mut self, table: &Table) -> Result<()> {
        let dialect = self.dialect;
        let can_be = |check: &&Check| check.rule.column().is_none_or(|column| can_be_checked(table, column, dialect));
        let key_check = table.key_check().filter(|_| dialect.features().auto_is_key);
        for check in table.checks.iter().filter(can_be).chain(&key_check) {
            self.push(", ");
            self.check(check)?;
        }
        table.columns.iter().for_each(|column| self.length(table, column));
        Ok(())
    }

    fn check(&mut self, check: &Check) -> Result<()> {
        self.constraint(&check.name);
        self.push("CHECK (");
        self.rule(&check.rule)?;
        self.push(")");
        Ok(())
    }

    fn rule(&mut self, rule: &Rule) -> Result<()> {
        match rule {
            Rule::Written(condition) => self.written(condition),
            Rule::Texts { column, values } => self.one_of(column, values.iter().map(|text| Value::Text(text.into()))),
            Rule::Integers { column, values } => self.one_of(column, values.iter().copied().map(Value::I64)),
            Rule::Range { column, min, max } => {
                let bounds =
                    [(" >= ", min), (" <= ", max)].into_iter().filter_map(|(sign, bound)| Some((sign, (*bound)?)));
                self.separated(bounds, " AND ", |writer, (sign, bound)| {
                    writer.identifier(column);
                    writer.push(sign);
                    writer.bind(Value::I64(bound));
                    Ok(())
                })
            }
        }
    }

    fn one_of(&mut self, column: &str, values: impl Iterator<Item = Value>) -> Result<()> {
        self.identifier(column);
        self.push(" IN (");
        self.separated(values, ", ", |writer, value| {
            writer.bind(value);
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    pub(super) fn foreign_key(&mut self, table: &Table, key: &ForeignKey) -> Result<()> {
        self.constraint(&key.name);
        self.push("FOREIGN KEY (");
        self.identifiers(key.referring())?;
        self.push(") REFERENCES ");
        self.qualified(key.target_schema.as_deref(), &key.target);
        self.push(" (");
        self.identifiers(key.referred())?;
        self.push(") ON DELETE ");
        if key.on_delete == OnDelete::SetDefault {
            let feature = format!("`on_delete = SetDefault` (of `{}`)", table.model);
            self.supported(self.features().set_default, &feature)?;
        }
        self.push(action(key.on_delete));
        self.push(self.features().deferrable_keys);
        Ok(())
    }
}

/// What becomes of the rows that refer to one that is deleted.
const fn action(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
        OnDelete::SetDefault => "SET DEFAULT",
        OnDelete::Protect | OnDelete::Restrict => "RESTRICT",
        OnDelete::DoNothing => "NO ACTION",
    }
}
