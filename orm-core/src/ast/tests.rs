//! Ways through a tree.

mod subquery;

use std::sync::Arc;
use std::thread;

use super::{Call, Condition, Connector, Function, LookupOperator, Node, Part};
use crate::error::Error;
use crate::model::{Column, FieldDef, ForeignKeyDef, ModelDef, OnDelete, Path};
use crate::value::{Kind, Value};

static BOOK: ModelDef = ModelDef { name: "Book", fields: &[PRICE, STOCK, SEQUEL], ..ModelDef::PLAIN };
const PRICE: FieldDef = FieldDef { primary_key: true, ..FieldDef::of::<i32>("price", "price") };
const STOCK: FieldDef = FieldDef::of::<i32>("stock", "stock");
const SEQUEL: FieldDef = FieldDef {
    foreign_key: Some(ForeignKeyDef { target: || &BOOK, on_delete: OnDelete::Cascade, one_to_one: false }),
    ..FieldDef::of::<i32>("sequel", "sequel_id")
};

fn column(index: usize) -> Node {
    Node::Column(Column { path: Path::root_of(&BOOK), field: &BOOK.fields[index] })
}

fn sum(of: Node, filter: Condition) -> Node {
    Node::Call(Arc::new(Call::new(Function::Sum, vec![of], Kind::I64, true).over(true, Some(filter))))
}

fn equal(left: Node, right: Node) -> Condition {
    Condition::lookup(LookupOperator::Eq, vec![left, right])
}

/// `!(SUM(DISTINCT price) FILTER (stock = sequel) = -stock) OR stock` and nothing.
fn mixed() -> Condition {
    let total = sum(column(0), equal(column(1), column(2)));
    let negative = Node::call(Function::Negate, vec![column(1)], Kind::I32, false);
    let is_true =
        Condition::lookup(LookupOperator::IsTrue, vec![Node::Condition(equal(column(1), column(1)).negate())]);
    let parts = [equal(total, negative).negate(), is_true, Condition::constant(false)];
    Condition::group(Connector::Or, parts)
}

/// As many negations inside each other, and as many conditions.
fn deep(levels: u32) -> Condition {
    let negate = |node, _| Node::call(Function::Negate, vec![node], Kind::I32, false);
    let sign = (0..levels).fold(column(0), negate);
    (0..levels).fold(equal(sign, column(1)), |inner, _| {
        Condition::group(
            Connector::Xor,
            [
                Condition::lookup(LookupOperator::IsTrue, vec![Node::Condition(inner)]).negate(),
                equal(column(0), column(1)),
            ],
        )
    })
}

fn names(condition: &Condition) -> Vec<&'static str> {
    condition.walk().columns().map(|column| column.field.name).collect()
}

#[test]
fn a_walk_meets_every_column_in_the_order_of_joins() {
    assert_eq!(names(&mixed()), ["stock", "sequel", "price", "stock", "stock", "stock"]);
}

#[test]
fn a_walk_enters_only_what_it_is_told_to() {
    let node = Node::call(Function::Add, vec![column(0), sum(column(1), equal(column(2), column(2)))], Kind::I64, true);
    let is_strict = |part: Part<'_>| matches!(part, Part::Node(Node::Call(call)) if call.function.is_strict());
    let met: Vec<_> = node.walk().entering(is_strict).columns().map(|column| column.field.name).collect();
    assert_eq!(met, ["price"]);
    assert_eq!(node.walk().columns().count(), 4);
}

#[test]
fn a_tree_folded_into_itself_is_the_same() {
    for condition in [mixed(), mixed().negate(), Condition::EMPTY, Condition::constant(true).negate(), deep(3)] {
        assert_eq!(condition.fold(&mut |leaf, _| leaf.clone()), condition);
    }
}

/// The same condition on the row at the end of `base`, instead of the root.
fn behind(condition: &Condition, base: &'static Path) -> Condition {
    let moved = |column: Column| Column { path: column.path.behind(base), ..column };
    condition.fold(&mut |leaf, levels| {
        leaf.column_of(levels).map_or_else(|| leaf.clone(), |column| Node::outer(moved(column), levels))
    })
}

#[test]
fn a_condition_behind_a_path_names_the_row_at_its_end() {
    let sequel = Path::root_of(&BOOK).then(&BOOK.fields[2], &BOOK);
    let moved = behind(&mixed(), sequel);
    assert_eq!(names(&moved), names(&mixed()));
    assert!(moved.walk().columns().all(|column| column.path.same(sequel)));
}

#[test]
fn an_aggregate_is_as_deep_as_its_filter() {
    assert_eq!(sum(column(0), equal(column(1), column(2))).depth(), 1);
    assert_eq!(sum(column(0), mixed()).depth(), 1 + mixed().depth());
}

#[test]
fn another_filter_or_distinct_is_another_aggregate() {
    let filter = equal(column(1), column(2));
    assert_eq!(sum(column(0), filter.clone()), sum(column(0), filter.clone()));
    assert_ne!(sum(column(0), filter.clone()), sum(column(0), filter.clone().negate()));
    let plain = Call::new(Function::Sum, vec![column(0)], Kind::I64, true).over(false, Some(filter.clone()));
    assert_ne!(sum(column(0), filter), Node::Call(Arc::new(plain)));
}

#[test]
fn a_fault_is_equal_to_nothing_wherever_it_stands() {
    let fault = || Node::Fault(Error::query("a fault"));
    let call = Node::call(Function::Negate, vec![fault()], Kind::I32, false);
    let not_a_number = Node::call(Function::Negate, vec![Node::Value(Value::F64(f64::NAN))], Kind::F64, false);
    for node in [fault(), call, not_a_number] {
        assert_ne!(node, node.clone());
        assert_ne!(equal(node.clone(), column(0)), equal(node, column(0)));
    }
}

/// Runs a test where a walk that recurses as deep as the tree would overflow the stack.
fn on_a_small_stack(test: fn()) -> std::io::Result<()> {
    let thread = thread::Builder::new().stack_size(256 * 1024).spawn(test)?;
    thread.join().map_err(|_| std::io::Error::other("the test panicked"))
}

#[test]
fn a_deep_tree_takes_no_more_stack_than_a_flat_one() -> std::io::Result<()> {
    on_a_small_stack(|| {
        let tree = deep(100_000);
        assert_eq!(tree.walk().columns().count(), 200_002);
        let copy = tree.fold(&mut |leaf, _| leaf.clone());
        assert!(copy == tree);
        let other = sum(column(0), copy);
        assert_eq!(other.depth(), 1 + tree.depth());
        assert_eq!(format!("{other:?}"), "Call(Sum(… 200001 levels))");
        drop((other, tree));
    })
}
