//! CREATE and DROP TABLE, with all that belongs to a table.

mod references;

use std::collections::BTreeMap;

use super::writer::{Writer, no_schemas};
use crate::ast::{Condition, Node};
use crate::dialect::{Comments, Dialect};
use crate::error::{Error, ErrorKind, Result, SetupMistake};
use crate::expr::Declared;
use crate::model::{FieldDef, ModelDef, OnDelete};
use crate::planner::{expression, rule};
use crate::schema::{self, Check, Column, ForeignKey, Index, Rule, Table, Unique, Written};
use crate::statement::Statement;
use crate::value::{Kind, Value};

/// The tables of models and of their many-to-many relations, as data. Models that are not managed have none.
///
/// A condition or expression has words for the databases that can say it.
///
/// # Errors
/// `Configuration` for names that some database would not take, and for references to models that are not given.
pub fn tables(declared: &[Declared]) -> Result<Vec<Table>> {
    tables_in(declared, &Dialect::all())
}

fn tables_in(declared: &[Declared], dialects: &[Dialect]) -> Result<Vec<Table>> {
    references::check(declared)?;
    let mut tables = Vec::with_capacity(declared.len());
    for entry in declared.iter().filter(|entry| entry.definition.managed) {
        tables.push(table(entry, dialects)?);
        tables.extend(Table::of_pairs(entry.definition)?);
    }
    schema::check_names(&tables)?;
    Ok(tables)
}

/// The statements that make the tables of models; see [`create_schema`].
///
/// # Errors
/// `Unsupported` for a condition or expression that this database cannot say in a schema.
pub fn create_tables(declared: &[Declared], dialect: &Dialect) -> Result<Vec<Statement>> {
    let mut tables = tables_in(declared, std::slice::from_ref(dialect))?;
    references::take_types(&mut tables, declared, dialect)?;
    create_schema(&tables, dialect)
}

/// The statements that make tables, each after those it refers to. Where tables refer to each other in a circle, the
/// foreign keys that close it are added at the end.
pub fn create_schema(tables: &[Table], dialect: &Dialect) -> Result<Vec<Statement>> {
    let order = in_order(tables);
    let mut made: Vec<&Table> = Vec::new();
    let mut statements = Vec::new();
    let mut late = Vec::new();
    for table in &order {
        made.push(table);
        let can_wait = dialect.features().alter_constraints;
        let ready =
            |key: &&ForeignKey| !can_wait || made.iter().any(|table| key.refers_to(table)) || is_elsewhere(tables, key);
        let (now, later): (Vec<_>, Vec<_>) = table.foreign_keys.iter().partition(ready);
        statements.extend(create_table(table, &now, dialect)?);
        late.extend(later.into_iter().map(|key| add_foreign_key(table, key, dialect)));
    }
    statements.extend(late.into_iter().collect::<Result<Vec<_>>>()?);
    Ok(statements)
}

/// The statements that drop tables, each before those it refers to. Foreign keys that close a circle go first. (SQLite
/// deletes the rows of a table that it drops, and so asks its foreign keys, unless they are switched off.)
pub fn drop_schema(tables: &[Table], dialect: &Dialect) -> Result<Vec<Statement>> {
    let order = in_order(tables);
    let mut statements = Vec::new();
    if dialect.features().alter_constraints {
        for (place, table) in order.iter().enumerate() {
            let closes = |key: &&ForeignKey| order[place + 1..].iter().any(|later| key.refers_to(later));
            statements
                .extend(table.foreign_keys.iter().filter(closes).map(|key| drop_foreign_key(table, key, dialect)));
        }
    }
    for table in order.iter().rev() {
        let mut writer = Writer::inline(dialect);
        writer.push("DROP TABLE ");
        writer.qualified(table.schema.as_deref(), &table.name);
        statements.push(statement(writer));
    }
    Ok(statements)
}

fn statement(writer: Writer<'_>) -> Statement {
    Statement::schema(writer.into_text())
}

fn is_elsewhere(tables: &[Table], key: &ForeignKey) -> bool {
    !tables.iter().any(|table| key.refers_to(table))
}

/// The tables so that each follows those it refers to, as far as there are no circles.
fn in_order(tables: &[Table]) -> Vec<&Table> {
    let mut left: Vec<&Table> = tables.iter().collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits =
            |table: &Table, key: &ForeignKey| !key.refers_to(table) && left.iter().any(|other| key.refers_to(other));
        // In a circle the first one goes, whatever it waits for.
        let free = left.iter().position(|table| !table.foreign_keys.iter().any(|key| waits(table, key)));
        ordered.push(left.remove(free.unwrap_or(0)));
    }
    ordered
}

fn table(entry: &Declared, dialects: &[Dialect]) -> Result<Table> {
    let mut table = Table::of(entry.definition)?;
    let words = Words { model: entry.definition, dialects };
    for (name, condition) in &entry.checks {
        let rule = Rule::Written(words.of_condition(name, condition)?);
        table.checks.push(Check { name: (*name).to_owned(), rule });
    }
    for (name, condition) in &entry.conditions {
        let condition = Some(words.of_condition(name, condition)?);
        match keys_named(&mut table, name)? {
            Keys::Unique(unique) => unique.condition = condition,
            Keys::Index(index) => index.condition = condition,
        }
    }
    for (name, nodes) in &entry.expressions {
        let part = |node: &Node| words.of(name, |writer| writer.key_part(node, entry.definition));
        let expressions = nodes.iter().map(part).collect::<Result<_>>()?;
        match keys_named(&mut table, name)? {
            Keys::Unique(unique) => unique.expressions = expressions,
            Keys::Index(index) => index.expressions = expressions,
        }
    }
    for generated in &entry.generated {
        let model = entry.definition;
        let missing = || Error::internal(format!("`{}` has no field {}", model.name, generated.field));
        let field = model.fields.get(generated.field).ok_or_else(missing)?;
        let column = table.columns.get_mut(generated.field).ok_or_else(missing)?;
        let expression = words.of(field.name, |writer| writer.computed(&generated.expression, field, model))?;
        column.generated = Some(schema::Generated { expression, stored: generated.stored });
    }
    Ok(table)
}

/// What a condition or expressions belong to.
enum Keys<'t> {
    Unique(&'t mut Unique),
    Index(&'t mut Index),
}

fn keys_named<'t>(table: &'t mut Table, name: &str) -> Result<Keys<'t>> {
    let Table { name: table, uniques, indexes, .. } = table;
    let mut uniques = uniques.iter_mut().filter(|unique| unique.name == name).map(Keys::Unique);
    let mut indexes = indexes.iter_mut().filter(|index| index.name == name).map(Keys::Index);
    uniques.next().or_else(|| indexes.next()).ok_or_else(|| {
        Error::configuration(format!(
            "`{table}` has no UNIQUE constraint or index `{name}` to put a condition or expressions on"
        ))
    })
}

/// What a model says of its table, in the words of some dialects.
struct Words<'d> {
    model: &'static ModelDef,
    dialects: &'d [Dialect],
}

impl Words<'_> {
    fn of_condition(&self, name: &str, condition: &Condition) -> Result<Written> {
        self.of(name, |writer| writer.clause(&rule(condition, self.model, writer.dialect)?))
    }

    /// A condition or expression; of several dialects, those that cannot say it have no words.
    fn of(&self, name: &str, write: impl Fn(&mut Writer<'_>) -> Result<()>) -> Result<Written> {
        let mut words = BTreeMap::new();
        for dialect in self.dialects {
            let mut writer = Writer::inline(dialect);
            match write(&mut writer) {
                Ok(()) => drop(words.insert(dialect.name().to_owned(), writer.into_text())),
                Err(error) => match error.kind() {
                    ErrorKind::Unsupported { .. } if self.dialects.len() > 1 => {}
                    ErrorKind::Unsupported { feature, backend } => {
                        let feature = format!("`{name}` of `{}`: {feature}", self.model.name);
                        return Err(ErrorKind::Unsupported { feature, backend }.into());
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(Written(words))
    }
}

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

/// CREATE TABLE, then its indexes and comments.
fn create_table(table: &Table, keys: &[&ForeignKey], dialect: &Dialect) -> Result<Vec<Statement>> {
    if let (Some(schema), false) = (&table.schema, dialect.features().schemas) {
        return Err(no_schemas(schema, dialect));
    }
    dialect.spelling().check_table(table)?;
    let mut writer = Writer::inline(dialect);
    writer.push("CREATE TABLE ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" (");
    writer.separated(&table.columns, ", ", |writer, column| writer.column_definition(table, column))?;
    writer.primary_key(table)?;
    for unique in table.uniques.iter().filter(|unique| !is_index(unique)) {
        writer.push(", ");
        writer.unique(table, unique)?;
    }
    let can_be = |check: &&Check| check.rule.column().is_none_or(|column| can_be_checked(table, column, dialect));
    let key_check = table.key_check().filter(|_| dialect.features().auto_is_key);
    for check in table.checks.iter().filter(can_be).chain(&key_check) {
        writer.push(", ");
        writer.check(check)?;
    }
    for column in &table.columns {
        writer.length(table, column);
    }
    for key in keys {
        writer.push(", ");
        writer.foreign_key(table, key)?;
    }
    writer.push(")");
    writer.push(dialect.spelling().table_options());
    if let (Some(comment), Comments::Inline) = (&table.comment, dialect.features().comments) {
        writer.push(" COMMENT ");
        writer.push(&dialect.spelling().text_literal(comment));
    }
    let mut statements = vec![statement(writer)];
    for unique in table.uniques.iter().filter(|unique| is_index(unique)) {
        statements.push(create_unique_index(table, unique, dialect)?);
    }
    // An index that cannot be is left out: nothing but speed depends on it.
    let can_be = |index: &&Index| index.expressions.is_empty() || dialect.features().expression_indexes;
    for index in table.indexes.iter().filter(can_be) {
        statements.push(create_index(table, index, dialect)?);
    }
    statements.extend(comments(table, dialect));
    Ok(statements)
}

/// Tells whether a UNIQUE constraint can only be said as an index.
fn is_index(unique: &Unique) -> bool {
    unique.condition.is_some() || !unique.expressions.is_empty()
}

fn create_index(table: &Table, index: &Index, dialect: &Dialect) -> Result<Statement> {
    let features = dialect.features();
    let mut writer = Writer::inline(dialect);
    writer.push("CREATE INDEX ");
    writer.identifier(&index.name);
    writer.push(" ON ");
    writer.qualified(table.schema.as_deref(), &table.name);
    if let (Some(method), true) = (&index.method, features.index_options) {
        writer.push(" USING ");
        writer.push(word(method)?);
    }
    writer.push(" (");
    writer.separated(&index.columns, ", ", |writer, (column, descending)| {
        writer.identifier(column);
        writer.write(if *descending { " DESC" } else { "" })
    })?;
    writer.expressions(&index.expressions)?;
    writer.push(")");
    if features.index_options && !index.include.is_empty() {
        writer.push(" INCLUDE (");
        writer.identifiers(index.include.iter().map(String::as_str))?;
        writer.push(")");
    }
    // An index over all rows serves as well, where some cannot be left out.
    if let (Some(condition), true) = (&index.condition, features.partial_indexes) {
        writer.push(" WHERE ");
        writer.written(condition)?;
    }
    Ok(statement(writer))
}

fn create_unique_index(table: &Table, unique: &Unique, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::inline(dialect);
    writer.push("CREATE UNIQUE INDEX ");
    writer.identifier(&unique.name);
    writer.push(" ON ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" (");
    writer.identifiers(unique.columns.iter().map(String::as_str))?;
    if !unique.expressions.is_empty() {
        let feature = format!("a unique constraint over expressions (of `{}`)", table.model);
        writer.supported(dialect.features().expression_indexes, &feature)?;
        writer.expressions(&unique.expressions)?;
    }
    writer.push(")");
    if let Some(condition) = &unique.condition {
        let feature = format!("a unique constraint with a condition (of `{}`)", table.model);
        writer.supported(dialect.features().partial_indexes, &feature)?;
        writer.push(" WHERE ");
        writer.written(condition)?;
    }
    Ok(statement(writer))
}

fn add_foreign_key(table: &Table, key: &ForeignKey, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::inline(dialect);
    writer.push("ALTER TABLE ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" ADD ");
    writer.foreign_key(table, key)?;
    Ok(statement(writer))
}

fn drop_foreign_key(table: &Table, key: &ForeignKey, dialect: &Dialect) -> Statement {
    let mut writer = Writer::inline(dialect);
    writer.push("ALTER TABLE ");
    writer.qualified(table.schema.as_deref(), &table.name);
    writer.push(" ");
    writer.push(dialect.features().drop_foreign_key);
    writer.push(" ");
    writer.identifier(&key.name);
    statement(writer)
}

/// The comments of a table, where they are statements.
fn comments(table: &Table, dialect: &Dialect) -> Vec<Statement> {
    if dialect.features().comments != Comments::Statements {
        return Vec::new();
    }
    let of_columns = table.columns.iter().filter_map(|column| Some((Some(&column.name), column.comment.as_ref()?)));
    let of_table = table.comment.iter().map(|comment| (None, comment));
    of_table.chain(of_columns).map(|(column, comment)| comment_on(table, column, comment, dialect)).collect()
}

fn comment_on(table: &Table, column: Option<&String>, comment: &str, dialect: &Dialect) -> Statement {
    let mut writer = Writer::inline(dialect);
    writer.push(if column.is_some() { "COMMENT ON COLUMN " } else { "COMMENT ON TABLE " });
    writer.qualified(table.schema.as_deref(), &table.name);
    if let Some(column) = column {
        writer.push(".");
        writer.identifier(column);
    }
    writer.push(" IS ");
    writer.push(&dialect.spelling().text_literal(comment));
    statement(writer)
}

impl Writer<'_> {
    fn column_definition(&mut self, table: &Table, column: &Column) -> Result<()> {
        self.identifier(&column.name);
        self.push(" ");
        match &column.type_name {
            Some(name) => self.push(name),
            None => {
                let name = self.spelling().column_type(column, table.is_keyed(&column.name));
                self.push(&name.map_err(|error| of_model(table, error))?);
            }
        }
        if let Some(generated) = &column.generated {
            return self.generated(generated);
        }
        if !column.nullable {
            self.push(" NOT NULL");
        }
        if let Some(default) = &column.default {
            self.push(" DEFAULT ");
            match self.decimal_default(column, default)? {
                Some(default) => self.default(&default),
                None => self.default(default),
            }
        }
        if column.auto {
            self.push(" ");
            self.push(self.spelling().auto());
        }
        if let (Some(comment), Comments::Inline) = (&column.comment, self.features().comments) {
            self.push(" COMMENT ");
            let comment = self.spelling().text_literal(comment);
            self.push(&comment);
        }
        Ok(())
    }

    /// What a column is computed from. (Not all databases take NOT NULL beside it.)
    fn generated(&mut self, generated: &schema::Generated) -> Result<()> {
        self.push(" GENERATED ALWAYS AS (");
        self.written(&generated.expression)?;
        let stored = generated.stored || !self.features().virtual_columns;
        self.write(if stored { ") STORED" } else { ") VIRTUAL" })
    }

    /// The check that a text is no longer than its column says, where the type does not say it.
    fn length(&mut self, table: &Table, column: &Column) {
        let most = self.spelling().length_check(column, table.is_keyed(&column.name));
        let Some(most) = most.filter(|_| column.type_name.is_none()) else { return };
        self.push(", ");
        self.constraint(&schema::length_check(table, column));
        self.push("CHECK (CHAR_LENGTH(");
        self.identifier(&column.name);
        self.push(") <= ");
        self.bind(Value::I64(most.into()));
        self.push(")");
    }

    /// A default: a literal bare, since SQLite adds a column with no other; an expression in parentheses.
    fn default(&mut self, default: &str) {
        if is_literal(default) {
            let literal = self.spelling().default_literal(default);
            self.push(&literal);
        } else {
            self.push("(");
            self.push(default);
            self.push(")");
        }
    }

    fn primary_key(&mut self, table: &Table) -> Result<()> {
        let in_column = self.features().auto_is_key && table.columns.iter().any(|column| column.auto);
        if in_column || table.primary_key.is_empty() {
            return Ok(());
        }
        self.push(", PRIMARY KEY (");
        self.identifiers(table.primary_key.iter().map(String::as_str))?;
        self.push(")");
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

    fn foreign_key(&mut self, table: &Table, key: &ForeignKey) -> Result<()> {
        self.constraint(&key.name);
        self.push("FOREIGN KEY (");
        self.identifiers(key.referring())?;
        self.push(") REFERENCES ");
        self.qualified(key.target_schema.as_deref(), &key.target);
        self.push(" (");
        self.identifiers(key.referred())?;
        self.push(") ON DELETE ");
        self.push(match key.on_delete {
            OnDelete::Cascade => "CASCADE",
            OnDelete::SetNull => "SET NULL",
            OnDelete::SetDefault => {
                let feature = format!("`on_delete = SetDefault` (of `{}`)", table.model);
                self.supported(self.features().set_default, &feature)?;
                "SET DEFAULT"
            }
            OnDelete::Protect | OnDelete::Restrict => "RESTRICT",
            OnDelete::DoNothing => "NO ACTION",
        });
        self.push(self.features().deferrable_keys);
        Ok(())
    }

    fn constraint(&mut self, name: &str) {
        self.push("CONSTRAINT ");
        self.identifier(name);
        self.push(" ");
    }

    fn written(&mut self, condition: &Written) -> Result<()> {
        match condition.0.get(self.dialect.name()) {
            Some(words) => self.write(words),
            None => Err(Error::internal(format!("a condition has no words for {}", self.dialect.name()))),
        }
    }

    /// What a generated column is computed from.
    fn computed(&mut self, node: &Node, field: &FieldDef, model: &'static ModelDef) -> Result<()> {
        let node = expression(node, model, self.dialect)?;
        if field.kind == Kind::Decimal && self.counts_digits() {
            return self.computed_decimal(&node, field);
        }
        self.expr(&node)
    }

    /// A part of an index: a column, or an expression in parentheses. (A column in parentheses is refused by some.)
    fn key_part(&mut self, node: &Node, model: &'static ModelDef) -> Result<()> {
        let node = expression(node, model, self.dialect)?;
        let computed = node.as_column().is_none();
        self.push(if computed { "(" } else { "" });
        if computed && node.kind() == Kind::Decimal && self.counts_digits() {
            self.counted(&node, std::slice::from_ref(&node))?;
        } else {
            self.expr(&node)?;
        }
        self.write(if computed { ")" } else { "" })
    }

    fn expressions(&mut self, parts: &[Written]) -> Result<()> {
        self.separated(parts, ", ", |writer, part| writer.written(part))
    }

    fn supported(&self, supported: bool, feature: &str) -> Result<()> {
        if supported {
            return Ok(());
        }
        Err(ErrorKind::Unsupported { feature: feature.to_owned(), backend: self.dialect.name() }.into())
    }
}

/// An error about a column, with the model that has it.
fn of_model(table: &Table, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Configuration(SetupMistake::Other { reason }) => {
            SetupMistake::Table { model: table.model.clone(), column: None, fault: reason.clone() }.into()
        }
        _ => error,
    }
}

/// A word that may stand in SQL as it is.
fn word(text: &str) -> Result<&str> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(text);
    }
    Err(Error::configuration(format!("`{text}` is no method of an index: one is a single word, such as `gin`")))
}

/// Tells whether a default is a number, a text or a constant.
fn is_literal(default: &str) -> bool {
    let text = default.len() > 1 && default.starts_with('\'') && default.ends_with('\'');
    let quotes = default.bytes().filter(|byte| *byte == b'\'').count();
    let constant = ["NULL", "TRUE", "FALSE"].iter().any(|word| default.eq_ignore_ascii_case(word));
    (text && quotes.is_multiple_of(2) && !default[1..default.len() - 1].replace("''", "").contains('\''))
        || constant
        || default.parse::<f64>().is_ok_and(f64::is_finite)
}
