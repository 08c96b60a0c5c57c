//! A model with everything decided: names, columns, keys, and what refers to what.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, Ident, LitStr, Type, Visibility};

use crate::diag::{Faults, near_miss};
use crate::naming::{self, Rename};
use crate::parse::{
    Class, Field, FieldOptions, Generated, Index, ModelOptions, Related, Term, Unique, Written, columns_rename,
};

/// A model, or a struct of columns that models share.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The name of the struct of handles: `BookFields`.
    pub(crate) handles: Ident,
    /// The name of the builder of new rows: `BookDraft`.
    pub(crate) draft: Ident,
    /// Whether it is a struct of shared columns: then it has no table and no key.
    pub(crate) shared: bool,
    pub(crate) table: String,
    /// The schema that the table is in, if it names one.
    pub(crate) schema: Option<LitStr>,
    pub(crate) managed: bool,
    pub(crate) comment: Option<LitStr>,
    pub(crate) columns: Vec<Column>,
    /// The structs of shared columns, which stand behind the model's own.
    pub(crate) flattened: Vec<Flattened>,
    pub(crate) relations: Vec<Relation>,
    /// Indices into `columns`.
    pub(crate) key: Vec<usize>,
    pub(crate) ordering: Vec<(Place, bool)>,
    pub(crate) uniques: Vec<Constraint<Unique>>,
    pub(crate) indexes: Vec<Constraint<Index>>,
    pub(crate) checks: Vec<(String, Expr)>,
}

/// A field with a column.
pub(crate) struct Column {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) ty: Type,
    pub(crate) written: Written,
    /// The name of handle and setter.
    pub(crate) name: Ident,
    pub(crate) column: String,
    /// Whether it is the primary key, or part of it.
    pub(crate) key: bool,
    pub(crate) auto: bool,
    pub(crate) index: bool,
    pub(crate) options: FieldOptions,
    pub(crate) related: Related,
}

/// A field without a column: a relation to many rows.
pub(crate) struct Relation {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) target: Type,
    pub(crate) many_to_many: bool,
    pub(crate) options: FieldOptions,
    pub(crate) related: Related,
}

/// A constraint or an index with its fields found.
pub(crate) struct Constraint<W> {
    pub(crate) fields: Vec<(Place, bool)>,
    pub(crate) include: Vec<Place>,
    pub(crate) written: W,
}

/// A field that holds a struct of shared columns.
pub(crate) struct Flattened {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) ty: Type,
    /// The name of handle and setter.
    pub(crate) name: Ident,
    pub(crate) options: FieldOptions,
    pub(crate) related: Related,
}

/// The index of a column, in generated code.
pub(crate) enum Place {
    Own(usize),
    /// A column of a flattened struct, which only the compiler can find.
    Shared(Ident),
}

impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Own(index) => index.to_tokens(tokens),
            Self::Shared(field) => {
                let name = naming::plain(field);
                tokens.extend(quote_spanned!(field.span()=> __d::place(&__FIELDS, #name)));
            }
        }
    }
}

impl Model {
    /// Reads a struct; `None` where nothing can be made of it.
    pub(crate) fn of(input: &DeriveInput, faults: &mut Faults) -> Option<Self> {
        let options = ModelOptions::parse(&input.attrs, faults);
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "a model cannot be generic: it stands for one table");
            return None;
        }
        let mut model = Self::bare(input);
        let Some(fields) = fields(input, "a model", faults) else { return Some(model) };
        model.divide(fields, options.rename_all, faults);
        model.schema = options.schema;
        model.table = options.table.as_ref().map_or(model.table, LitStr::value);
        model.managed = !options.unmanaged;
        model.find_key(&options.primary_key, faults);
        model.ordering = model.find_terms(&options.ordering, faults);
        model.uniques = options.uniques.into_iter().map(|unique| model.unique(unique, faults)).collect();
        model.indexes = options.indexes.into_iter().map(|index| model.index(index, faults)).collect();
        model.checks = options.checks;
        model.comment = options.comment;
        Some(model)
    }

    /// Reads a struct of shared columns; `None` where nothing can be made of it.
    pub(crate) fn of_columns(input: &DeriveInput, faults: &mut Faults) -> Option<Self> {
        let rename = columns_rename(&input.attrs, faults);
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "a struct of shared columns cannot be generic");
            return None;
        }
        let mut model = Self { shared: true, ..Self::bare(input) };
        if let Some(fields) = fields(input, "what derives `Columns`", faults) {
            model.divide(fields, rename, faults);
        }
        Some(model)
    }

    fn bare(input: &DeriveInput) -> Self {
        Self {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            handles: format_ident!("{}Fields", input.ident),
            draft: format_ident!("{}Draft", input.ident),
            shared: false,
            table: naming::table(&input.ident),
            schema: None,
            managed: true,
            comment: None,
            columns: Vec::new(),
            flattened: Vec::new(),
            relations: Vec::new(),
            key: Vec::new(),
            ordering: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
        }
    }

    fn divide(&mut self, fields: Vec<Field>, rename: Option<Rename>, faults: &mut Faults) {
        for field in fields {
            match field.written.clone() {
                _ if field.options.flatten => self.flattened.push(Flattened::of(field)),
                Written::HasMany { target } => self.relations.push(Relation::of(field, target, false)),
                Written::ManyToMany { target } => self.relations.push(Relation::of(field, target, true)),
                Written::Deferred => {
                    faults.at(&field.ty, "columns that load late do not exist yet; leave `Deferred` out");
                }
                _ => self.columns.push(Column::of(field, rename)),
            }
        }
    }

    fn find_key(&mut self, named: &[Ident], faults: &mut Faults) {
        let marked: Vec<usize> = (0..self.columns.len()).filter(|&i| self.columns[i].options.primary_key).collect();
        self.key = match (named, &*marked) {
            ([], []) => self.columns.iter().position(|column| column.ident == "id").into_iter().collect(),
            ([], [one]) => vec![*one],
            ([], [_, second, ..]) => {
                let message =
                    "a model has one primary key; for one of several columns write `#[model(primary_key(a, b))]`";
                faults.at(&self.columns[*second].options.given["primary_key"], message);
                marked
            }
            (named, marked) => {
                if let Some(&first) = marked.first() {
                    let message = "the primary key is already named by `#[model(primary_key(…))]`";
                    faults.at(&self.columns[first].options.given["primary_key"], message);
                }
                named.iter().filter_map(|field| self.find(field, faults)).collect()
            }
        };
        if self.key.is_empty() && named.is_empty() {
            let message = "a model needs a primary key: call a field `id`, mark one with `#[field(primary_key)]`, or name several with `#[model(primary_key(a, b))]`";
            faults.at(&self.ident, message);
        }
        let single = self.key.len() == 1;
        for &index in &self.key {
            self.columns[index].become_key(single);
        }
    }

    /// The index of a column by the name of its field.
    fn find(&self, field: &Ident, faults: &mut Faults) -> Option<usize> {
        let name = naming::plain(field);
        let names: Vec<String> = self.columns.iter().map(|column| naming::plain(&column.name)).collect();
        let index = names.iter().position(|candidate| *candidate == name);
        if index.is_none() {
            let meant = near_miss(&name, names.iter().map(String::as_str));
            faults.at(field, format_args!("`{}` has no column for a field `{name}`{meant}", self.ident));
        }
        index
    }

    /// The place of a column by the name of its field, which may be shared.
    fn place(&self, field: &Ident, faults: &mut Faults) -> Option<Place> {
        if !self.flattened.is_empty() && self.columns.iter().all(|column| column.plain_name() != naming::plain(field)) {
            return Some(Place::Shared(field.clone()));
        }
        self.find(field, faults).map(Place::Own)
    }

    fn find_terms(&self, terms: &[Term], faults: &mut Faults) -> Vec<(Place, bool)> {
        let found = terms.iter().filter_map(|term| Some((self.place(&term.field, faults)?, term.descending)));
        found.collect()
    }

    fn unique(&self, written: Unique, faults: &mut Faults) -> Constraint<Unique> {
        let fields = self.find_terms(&written.on.fields, faults);
        Constraint { fields, include: Vec::new(), written }
    }

    fn index(&self, written: Index, faults: &mut Faults) -> Constraint<Index> {
        let fields = self.find_terms(&written.on.fields, faults);
        let include = written.include.iter().filter_map(|field| self.place(field, faults)).collect();
        Constraint { fields, include, written }
    }

    /// The columns that a new row must be given, by index: one state of the draft each.
    pub(crate) fn required(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|&index| self.columns[index].required()).collect()
    }
}

/// The fields of the struct; anything else is no model.
fn fields(input: &DeriveInput, what: &str, faults: &mut Faults) -> Option<Vec<Field>> {
    let message = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => {
                return Some(named.named.iter().filter_map(|field| Field::parse(field, faults)).collect());
            }
            _ => "a struct with named fields: a field is a column, and columns have names",
        },
        Data::Enum(_) => "a struct with named fields; for an enum as a column type derive `Choices`",
        Data::Union(_) => "a struct with named fields",
    };
    faults.at(&input.ident, format_args!("{what} is {message}"));
    None
}

impl Relation {
    fn of(field: Field, target: Type, many_to_many: bool) -> Self {
        let Field { ident, vis, docs, options, related, .. } = field;
        Self { ident, vis, docs, target, many_to_many, options, related }
    }
}

impl Flattened {
    fn of(field: Field) -> Self {
        let Field { ident, vis, ty, docs, options, related, .. } = field;
        let name = options.name.clone().unwrap_or_else(|| ident.clone());
        Self { ident, vis, docs, ty, name, options, related }
    }

    /// The struct as what it must be, for the compiler to prove.
    pub(crate) fn as_columns(&self) -> TokenStream {
        let ty = &self.ty;
        quote_spanned!(ty.span()=> <#ty as ::dormouse::__private::Columns>)
    }

    /// The name of the constant that says at which index the columns start.
    pub(crate) fn first(place: usize) -> Ident {
        format_ident!("__FIRST_{place}")
    }
}

impl Column {
    fn of(field: Field, rename: Option<Rename>) -> Self {
        let Field { ident, vis, ty, docs, written, options, related } = field;
        let foreign_key = matches!(written, Written::Key { .. });
        let column = match &options.column {
            Some(column) => column.value(),
            None => naming::column(&ident, foreign_key, rename),
        };
        let name = options.name.clone().unwrap_or_else(|| ident.clone());
        let single = options.unique || matches!(written, Written::Key { one_to_one: true, .. });
        let index = options.index.unwrap_or(foreign_key && !single);
        Self { ident, vis, docs, ty, written, name, column, key: false, auto: false, index, options, related }
    }

    fn become_key(&mut self, single: bool) {
        let integer = matches!(self.written, Written::Plain { class: Class::Integer, nullable: false });
        let given = self.options.default.is_some() || self.options.db_default.is_some();
        let numbered = single && integer && self.ident == "id" && !given;
        self.key = true;
        self.auto = self.options.auto.unwrap_or(numbered);
        self.index &= !single;
    }

    /// The column's type, as generated code names it: every mention of a type that is no column type reads the same to
    /// the compiler, which reports it once.
    pub(crate) fn stored(&self) -> TokenStream {
        let ty = &self.ty;
        quote_spanned!(ty.span()=> __d::Field<#ty>)
    }

    /// The name as text.
    pub(crate) fn plain_name(&self) -> String {
        naming::plain(&self.name)
    }

    /// The model behind a foreign key.
    pub(crate) fn target(&self) -> Option<&Type> {
        match &self.written {
            Written::Key { target, .. } => Some(target),
            _ => None,
        }
    }

    /// What the database computes.
    pub(crate) fn generated(&self) -> Option<&Generated> {
        self.options.generated.as_ref()
    }

    /// Whether at most one row has each value, by the column's own doing.
    pub(crate) fn unique(&self) -> bool {
        self.options.unique || matches!(self.written, Written::Key { one_to_one: true, .. })
    }

    /// Whether a new row must give it: nothing else will.
    fn required(&self) -> bool {
        let options = &self.options;
        let filled = self.auto || options.auto_now || options.auto_now_add || options.generated.is_some();
        !filled && !self.written.nullable() && options.default.is_none() && options.db_default.is_none()
    }
}
