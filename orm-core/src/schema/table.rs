//! Tables from models.

use super::naming::{constraint_name, foreign_key_name, pairs_name, snake_case};
use super::{Check, Column, ForeignKey, Index, Rule, Table, Unique};
use crate::error::Result;
use crate::model::{FieldDef, IndexDef, ModelDef, OnDelete, Reference, RelationDef, RelationKind, UniqueDef};
use crate::value::{Choices, Kind};

impl Table {
    /// The table of a model, without what is written as conditions beside it.
    pub fn of(model: &'static ModelDef) -> Result<Self> {
        let mut table = Self {
            model: model.name.to_owned(),
            schema: model.schema.map(str::to_owned),
            name: model.table.to_owned(),
            columns: model.fields.iter().map(column).collect::<Result<_>>()?,
            primary_key: model.key_fields().map(|field| field.column.to_owned()).collect(),
            uniques: uniques(model),
            indexes: Vec::new(),
            checks: model.fields.iter().filter_map(|field| check(model.table, field)).collect(),
            foreign_keys: Reference::all(model).map(|reference| foreign_key(&reference)).collect::<Result<_>>()?,
            comment: model.comment.map(str::to_owned),
        };
        table.indexes = model.indexes.iter().map(|index| declared_index(model, index)).collect();
        // An index over several columns serves the first of them too.
        for reference in Reference::all(model).filter(|reference| reference.fields.len() > 1) {
            table.add_index(&reference.columns().collect::<Vec<_>>());
        }
        for field in model.fields.iter().filter(|field| field.index || field.foreign_key.is_some()) {
            table.add_index(&[field.column]);
        }
        Ok(table)
    }

    /// The tables of pairs of a model's many-to-many relations that have no model of their own.
    pub fn of_pairs(model: &'static ModelDef) -> Result<Vec<Self>> {
        model
            .relations
            .iter()
            .filter_map(|relation| JoinTable::of(model, relation))
            .map(|pairs| pairs.table())
            .collect()
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Tells whether an index, a constraint or a key contains the column.
    pub fn is_keyed(&self, name: &str) -> bool {
        self.keys().any(|key| key.contains(&name))
            || self.foreign_keys.iter().any(|key| key.referring().any(|column| column == name))
    }

    /// The columns of each key, constraint and index that finds rows by them.
    fn keys(&self) -> impl Iterator<Item = Vec<&str>> {
        let uniques = self.uniques.iter().map(|unique| &unique.columns);
        let indexes =
            self.indexes.iter().map(|index| index.columns.iter().map(|(column, _)| column.as_str()).collect());
        std::iter::once(&self.primary_key).chain(uniques).map(|columns| names(columns)).chain(indexes)
    }

    /// Adds an index over columns, unless a key or constraint that starts with them serves already.
    fn add_index(&mut self, columns: &[&str]) {
        if !self.keys().any(|key| key.starts_with(columns)) {
            self.indexes.push(Index {
                name: constraint_name(&self.name, columns, "idx"),
                columns: columns.iter().map(|&column| (column.to_owned(), false)).collect(),
                expressions: Vec::new(),
                include: Vec::new(),
                method: None,
                condition: None,
            });
        }
    }
}

/// The table of pairs behind a many-to-many relation that has no model of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinTable {
    /// The name of the table: `<table>_<relation>`.
    pub name: String,
    /// The column that refers to the model that declares the relation: `<model>_id`.
    pub from: String,
    /// The column that refers to the other model.
    pub to: String,
    source: &'static ModelDef,
    target: &'static ModelDef,
    relation: &'static str,
}

impl JoinTable {
    /// The table of pairs of a relation declared by `model`; none for other relations and for reverse sides.
    pub fn of(model: &'static ModelDef, relation: &RelationDef) -> Option<Self> {
        let RelationKind::ManyToMany { through: None, reverse_of: None } = relation.kind else { return None };
        let target = (relation.target)();
        let (from, to) = (snake_case(model.name), snake_case(target.name));
        let (from, to) = if from == to { (format!("from_{from}"), format!("to_{to}")) } else { (from, to) };
        let name = pairs_name(model.table, relation.name);
        Some(Self {
            name,
            from: format!("{from}_id"),
            to: format!("{to}_id"),
            source: model,
            target,
            relation: relation.name,
        })
    }

    /// The table as data. The pair is its primary key.
    pub fn table(&self) -> Result<Table> {
        let sides = [(&self.from, self.source), (&self.to, self.target)];
        let mut table = Table {
            model: format!("{}.{}", self.source.name, self.relation),
            schema: self.source.schema.map(str::to_owned),
            name: self.name.clone(),
            columns: sides.iter().map(|(name, model)| key_column(name, model)).collect::<Result<_>>()?,
            primary_key: vec![self.from.clone(), self.to.clone()],
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: sides.iter().map(|(name, model)| self.key_to(name, model)).collect::<Result<_>>()?,
            comment: None,
        };
        table.add_index(&[&self.to]);
        Ok(table)
    }

    fn key_to(&self, column: &str, target: &'static ModelDef) -> Result<ForeignKey> {
        Ok(ForeignKey {
            name: constraint_name(&self.name, &[column], "fk"),
            columns: vec![(column.to_owned(), target.single_key()?.column.to_owned())],
            target_schema: target.schema.map(str::to_owned),
            target: target.table.to_owned(),
            on_delete: OnDelete::Cascade,
        })
    }
}

fn column(field: &FieldDef) -> Result<Column> {
    // A key has the type of what it refers to: length, digits and collation are said there.
    if let Some(key) = &field.foreign_key {
        (key.target)().single_key()?;
    }
    let typed = field.typed();
    Ok(Column {
        name: field.column.to_owned(),
        kind: field.kind,
        nullable: field.nullable,
        auto: field.auto,
        max_length: typed.max_length.or(field.max_length),
        longest_choice: typed.choices.and_then(longest),
        max_digits: typed.max_digits.or(field.max_digits),
        decimal_places: typed.decimal_places.or(field.decimal_places),
        default: field.db_default.map(str::to_owned),
        collation: typed.collation.or(field.collation).map(str::to_owned),
        type_name: None,
        generated: None,
        comment: field.comment.map(str::to_owned),
    })
}

/// The characters of the longest of known texts.
fn longest(choices: Choices) -> Option<u32> {
    let Choices::Text(values) = choices else { return None };
    values.iter().map(|value| value.chars().count()).max().and_then(|most| most.try_into().ok())
}

/// A NOT NULL column that refers to a model.
fn key_column(name: &str, target: &'static ModelDef) -> Result<Column> {
    let key = column(target.single_key()?)?;
    Ok(Column { name: name.to_owned(), auto: false, default: None, comment: None, ..key })
}

fn columns_at(model: &'static ModelDef, fields: &[usize]) -> Vec<&'static str> {
    fields.iter().filter_map(|&field| model.fields.get(field)).map(|field| field.column).collect()
}

fn names(columns: &[String]) -> Vec<&str> {
    columns.iter().map(String::as_str).collect()
}

fn owned(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|&column| column.to_owned()).collect()
}

fn named(name: &str, table: &str, columns: &[&str], kind: &str) -> String {
    if name.is_empty() { constraint_name(table, columns, kind) } else { name.to_owned() }
}

fn uniques(model: &'static ModelDef) -> Vec<Unique> {
    let made = UniqueDef { name: "", fields: &[], deferrable: false };
    let alone = |field: &&FieldDef| !(field.primary_key && model.primary_key.len() == 1);
    let single = model
        .fields
        .iter()
        .filter(alone)
        .filter(|field| field.unique || field.foreign_key.is_some_and(|key| key.one_to_one))
        .map(|field| unique(model, &made, &[field.column]));
    let several = model.uniques.iter().map(|declared| unique(model, declared, &columns_at(model, declared.fields)));
    let one_to_one = model.foreign_keys.iter().filter(|key| key.key.one_to_one && key.fields != model.primary_key);
    let of_keys = one_to_one.map(|key| unique(model, &made, &columns_at(model, key.fields)));
    single.chain(several).chain(of_keys).collect()
}

fn unique(model: &ModelDef, declared: &UniqueDef, columns: &[&str]) -> Unique {
    Unique {
        name: named(declared.name, model.table, columns, "uniq"),
        columns: owned(columns),
        expressions: Vec::new(),
        deferrable: declared.deferrable,
        condition: None,
    }
}

fn declared_index(model: &'static ModelDef, index: &IndexDef) -> Index {
    let fields: Vec<usize> = index.fields.iter().map(|(field, _)| *field).collect();
    let columns = columns_at(model, &fields);
    Index {
        name: named(index.name, model.table, &columns, "idx"),
        columns: columns.iter().zip(index.fields).map(|(column, (_, down))| ((*column).to_owned(), *down)).collect(),
        expressions: Vec::new(),
        include: owned(&columns_at(model, index.include)),
        method: index.method.map(str::to_owned),
        condition: None,
    }
}

fn foreign_key(reference: &Reference) -> Result<ForeignKey> {
    let target = reference.target();
    let owned = |(field, key): (&FieldDef, &FieldDef)| (field.column.to_owned(), key.column.to_owned());
    Ok(ForeignKey {
        name: foreign_key_name(reference),
        columns: reference.pairs()?.into_iter().map(owned).collect(),
        target_schema: target.schema.map(str::to_owned),
        target: target.table.to_owned(),
        on_delete: reference.key.on_delete,
    })
}

fn check(table: &str, field: &FieldDef) -> Option<Check> {
    let column = field.column.to_owned();
    let rule = match (field.choices, field.range) {
        (Some(Choices::Text(values)), _) => Rule::Texts { column, values: owned(values) },
        (Some(Choices::Int(values)), _) => Rule::Integers { column, values: values.to_vec() },
        (None, Some((min, max))) => {
            let (least, greatest) = bounds(field.kind);
            if min <= least && max >= greatest {
                return None;
            }
            Rule::Range { column, min: (min > least).then_some(min), max: (max < greatest).then_some(max) }
        }
        (None, None) => return None,
    };
    Some(Check { name: constraint_name(table, &[field.column], "check"), rule })
}

impl Table {
    /// The check that automatic keys stay in the range of their kind, where the type of their column takes any integer. None if
    /// they have a narrower one.
    pub fn key_check(&self) -> Option<Check> {
        let key = self.columns.iter().find(|column| column.auto)?;
        if self.checks.iter().any(|check| check.rule.column() == Some(&key.name)) {
            return None;
        }
        let (_, greatest) = bounds(key.kind);
        let rule = Rule::Range { column: key.name.clone(), min: None, max: Some(greatest) };
        let name = constraint_name(&self.name, &[&key.name], "key");
        (greatest < i64::MAX).then_some(Check { name, rule })
    }
}

/// The least and greatest integer of a kind.
fn bounds(kind: Kind) -> (i64, i64) {
    match kind {
        Kind::I16 => (i16::MIN.into(), i16::MAX.into()),
        Kind::I32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}
