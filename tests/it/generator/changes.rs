//! What changes do to the rows of a world, by plain Rust.

use dormouse::model::OnDelete;
use dormouse::prelude::Decimal;
use rust_decimal::RoundingStrategy;

use super::ask::{Ask, Ex, Numbered, What};
use super::models::Field;
use super::oracle::{Failure, Oracle, World};
use super::scalar::fit;
use super::values::{Cell, Row, Val};

impl Oracle<'_> {
    /// The world after a change, and its answer: how many rows it changed, or the row it made.
    pub(crate) fn changed(&self, ask: &Ask) -> Result<(Row, World), Failure> {
        let count = |(count, world): (u64, World)| (vec![Some(Val::Int(count as i64))], world);
        match &ask.what {
            What::Update(sets) => self.updated(ask, sets).map(count),
            What::Delete => self.deleted(ask.model, &self.chosen(ask)?).map(count),
            What::Save(row, fields) => self.saved(ask.model, row, fields).map(count),
            What::Create(row, numbered) => self.created(ask.model, row, *numbered),
            What::Remove(row) => {
                let there = self.with_key_of(ask.model, row).map(|at| &self.world.tables[ask.model][at]);
                self.deleted(ask.model, there.as_slice()).map(count)
            }
            _ => unreachable!("a question changes nothing"),
        }
    }

    fn updated(&self, ask: &Ask, sets: &[(usize, Ex)]) -> Result<(u64, World), Failure> {
        let fields = &self.shapes[ask.model].fields;
        if sets.is_empty() {
            return Ok((0, self.world.clone()));
        }
        for (field, ex) in sets {
            if let Ex::Lit(value, _) = ex {
                let taken = given(&fields[*field], value);
                // Where nothing is asked of the database, what its columns are like is not asked either.
                if taken.is_err() && fields[*field].habit.is_some() && self.chosen(ask)?.is_empty() {
                    return Err(self.undecided());
                }
                taken?;
            }
        }
        let chosen = self.chosen(ask)?;
        let mut world = self.world.clone();
        for row in &chosen {
            let at = self.place(ask.model, row);
            for (field, ex) in sets {
                let value = self.value(ask.model, ex, row)?;
                world.tables[ask.model][at][*field] = fit(stored(&fields[*field], value)?, fields[*field].ty)?;
            }
        }
        self.keys_hold(&world, ask.model)?;
        Ok((chosen.len() as u64, world))
    }

    /// Where the row with the key of another stands.
    fn with_key_of(&self, model: usize, row: &Row) -> Option<usize> {
        let same = |other: &Row| self.shapes[model].key.iter().all(|index| other[*index] == row[*index]);
        self.world.tables[model].iter().position(same)
    }

    fn saved(&self, model: usize, row: &Row, fields: &[usize]) -> Result<(u64, World), Failure> {
        let at = self.with_key_of(model, row);
        let mut world = self.world.clone();
        for (index, (field, value)) in self.shapes[model].fields.iter().zip(row).enumerate() {
            if fields.is_empty() || fields.contains(&index) {
                given(field, value)?;
                let value = stored(field, value.clone())?;
                if let Some(at) = at {
                    world.tables[model][at][index] = value;
                }
            }
        }
        at.ok_or(Failure::DoesNotExist)?;
        self.keys_hold(&world, model)?;
        Ok((1, world))
    }

    fn created(&self, model: usize, row: &Row, numbered: Numbered) -> Result<(Row, World), Failure> {
        let shape = &self.shapes[model];
        let mut stored_row = Vec::new();
        for (field, value) in shape.fields.iter().zip(row) {
            given(field, value)?;
            stored_row.push(stored(field, value.clone())?);
        }
        let mut world = self.world.clone();
        match numbered {
            Numbered::ByUs if self.with_key_of(model, row).is_some() => return Err(Failure::Integrity),
            Numbered::ByTheDatabase if !self.is_next(model, row) => {
                return Err(Failure::Other("a key greater than all before".to_owned()));
            }
            _ => world.tables[model].push(stored_row.clone()),
        }
        self.keys_hold(&world, model)?;
        Ok((stored_row, world))
    }

    /// Whether a key is greater than those of all rows.
    fn is_next(&self, model: usize, row: &Row) -> bool {
        let key = self.shapes[model].key[0];
        let greater = |other: &Row| row[key].as_ref().zip(other[key].as_ref()).is_some_and(|(a, b)| a.order(b).is_gt());
        self.world.tables[model].iter().all(greater)
    }

    fn deleted(&self, model: usize, chosen: &[&Row]) -> Result<(u64, World), Failure> {
        let mut gone: Vec<Vec<bool>> = self.world.tables.iter().map(|rows| vec![false; rows.len()]).collect();
        for row in chosen {
            gone[model][self.place(model, row)] = true;
        }
        while self.cascade(&mut gone) {}
        let mut world = self.world.clone();
        for (model, shape) in self.shapes.iter().enumerate() {
            for (index, field) in shape.fields.iter().enumerate() {
                let Some((target, on_delete)) = field.target else { continue };
                for at in 0..world.tables[model].len() {
                    if gone[model][at] || !self.leads_to_gone(target, &world.tables[model][at][index], &gone) {
                        continue;
                    }
                    match on_delete {
                        OnDelete::SetNull => world.tables[model][at][index] = None,
                        _ => return Err(Failure::Integrity),
                    }
                }
            }
        }
        for (rows, gone) in world.tables.iter_mut().zip(&gone) {
            let mut gone = gone.iter();
            rows.retain(|_| !gone.next().expect("one a row"));
        }
        Ok((chosen.len() as u64, world))
    }

    /// Takes what refers to what is gone, where that is the rule; tells whether there was any.
    fn cascade(&self, gone: &mut [Vec<bool>]) -> bool {
        let mut more = false;
        for (model, shape) in self.shapes.iter().enumerate() {
            for (index, field) in shape.fields.iter().enumerate() {
                let Some((target, OnDelete::Cascade)) = field.target else { continue };
                for (at, row) in self.world.tables[model].iter().enumerate() {
                    if !gone[model][at] && self.leads_to_gone(target, &row[index], gone) {
                        gone[model][at] = true;
                        more = true;
                    }
                }
            }
        }
        more
    }

    fn leads_to_gone(&self, target: usize, key: &Cell, gone: &[Vec<bool>]) -> bool {
        let key_field = self.shapes[target].key[0];
        let mut rows = self.world.tables[target].iter().zip(&gone[target]);
        key.is_some() && rows.any(|(row, gone)| *gone && row[key_field] == *key)
    }

    fn place(&self, model: usize, row: &Row) -> usize {
        let rows = &self.world.tables[model];
        rows.iter().position(|other| std::ptr::eq(other, row)).expect("a row of the world")
    }

    fn keys_hold(&self, world: &World, model: usize) -> Result<(), Failure> {
        for (index, field) in self.shapes[model].fields.iter().enumerate() {
            let Some((target, _)) = field.target else { continue };
            let key = self.shapes[target].key[0];
            let there = |value: &Cell| value.is_none() || world.tables[target].iter().any(|row| row[key] == *value);
            if !world.tables[model].iter().all(|row| there(&row[index])) {
                return Err(Failure::Integrity);
            }
        }
        Ok(())
    }
}

/// Whether a column takes a value, which is checked before anything is sent.
fn given(field: &Field, value: &Cell) -> Result<(), Failure> {
    match value {
        Some(value) if field.habit.is_some_and(|habit| habit.changes(value)) => Err(Failure::Validation),
        Some(Val::Text(text)) if too_long(field, text) => Err(Failure::Validation),
        Some(Val::Dec(value)) if value.normalize().scale() > field.places || too_wide(field, value) => {
            Err(Failure::Validation)
        }
        _ => Ok(()),
    }
}

/// What a column makes of a value.
fn stored(field: &Field, value: Cell) -> Result<Cell, Failure> {
    let value = match value {
        Some(Val::Dec(value)) => {
            let value = value.round_dp_with_strategy(field.places, RoundingStrategy::MidpointAwayFromZero);
            if too_wide(field, &value) {
                return Err(Failure::OutOfRange);
            }
            Some(Val::Dec(value))
        }
        Some(Val::Int(value)) if field.max_digits > 0 => return stored(field, Some(Val::Dec(value.into()))),
        Some(Val::Int(value)) if field.ty.range().is_none() && field.ty != super::values::Ty::Rank => {
            Some(Val::Float(value as f64))
        }
        Some(Val::Text(text)) if too_long(field, &text) => return Err(Failure::OutOfRange),
        other => other,
    };
    // An expression; what is given is looked at before.
    match (value, field.habit) {
        (Some(value), Some(habit)) => habit.kept(value).map(Some).ok_or(Failure::OutOfRange),
        (value, _) => Ok(value),
    }
}

fn too_long(field: &Field, text: &str) -> bool {
    field.max_length.is_some_and(|most| text.chars().count() > most as usize)
}

fn too_wide(field: &Field, value: &Decimal) -> bool {
    value.trunc().mantissa().unsigned_abs() >= 10_u128.pow(field.max_digits - field.places)
}
