//! Queries inside other queries.

use std::sync::Arc;

use super::{BOOK, behind, column, equal, mixed, on_a_small_stack};
use crate::ast::{
    Call, Condition, Connector, Function, Lock, Node, Nulls, Ordering, Output, Part, Prefetch, Relation, Select,
    Selected, Tree, Wait,
};
use crate::error::{Error, ErrorKind, QueryMistake};
use crate::model::{Column, Path};
use crate::row::Shape;
use crate::value::{Kind, Value};

fn outer(index: usize, levels: u32) -> Node {
    Node::outer(Column { path: Path::root_of(&BOOK), field: &BOOK.fields[index] }, levels)
}

fn books(outputs: impl IntoIterator<Item = Node>, condition: Condition) -> Select {
    let outputs = outputs.into_iter().map(Output::Node).collect();
    Select { condition, ..Select::of(&BOOK, Selected::Outputs(outputs)) }
}

fn by(node: Node) -> Option<Vec<Ordering>> {
    Some(vec![Ordering { node, descending: true, nulls: None }])
}

/// `(SELECT price FROM book WHERE stock = outer.stock AND EXISTS (… price = outer.outer.sequel) ORDER BY outer.price)`.
fn correlated() -> Node {
    let inner =
        books([], Condition::group(Connector::And, [equal(column(0), outer(2, 2)), equal(column(1), outer(1, 1))]));
    let both = Condition::group(Connector::And, [equal(column(1), outer(1, 1)), Condition::exists(inner)]);
    Node::subquery(Select { order: by(outer(0, 1)), ..books([column(0)], both) })
}

fn names(node: &Node) -> Vec<&'static str> {
    node.walk().columns().map(|column| column.field.name).collect()
}

fn fault(node: &Node) -> Option<&ErrorKind> {
    match node {
        Node::Fault(fault) => Some(fault.kind()),
        _ => None,
    }
}

#[test]
fn columns_of_a_subquery_do_not_belong_to_the_query_around_it() {
    assert_eq!(names(&correlated()), ["stock", "sequel", "price"]);
    let sum = Node::call(Function::Add, vec![column(1), correlated()], Kind::I32, true);
    assert_eq!(names(&sum), ["stock", "stock", "sequel", "price"]);
}

#[test]
fn a_column_further_out_belongs_to_no_query_of_the_tree() {
    assert_eq!(names(&outer(0, 1)), Vec::<&str>::new());
    let beyond = Condition::exists(books([], equal(outer(0, 2), outer(1, 1))));
    assert_eq!(beyond.walk().columns().map(|column| column.field.name).collect::<Vec<_>>(), ["stock"]);
    assert_eq!(outer(0, 0), column(0));
}

#[test]
fn a_walk_meets_outputs_condition_and_order_of_a_subquery_and_says_how_far_inside() {
    let tree = correlated();
    let mut walk = tree.walk();
    let mut met = Vec::new();
    while let Some(part) = walk.next() {
        if let Part::Node(node) = part {
            met.push((walk.levels(), format!("{node:?}").contains("Outer {")));
        }
    }
    let leaves = [(1, false), (1, false), (1, true), (2, false), (2, true), (2, false), (2, true), (1, true)];
    assert_eq!(met, [[(0, true)].as_slice(), &leaves].concat());
    let passed_over = tree.walk().entering(|part| !matches!(part, Part::Select(_)));
    assert_eq!(passed_over.count(), 2);
}

#[test]
fn a_subquery_folded_into_itself_is_the_same() {
    for condition in [equal(correlated(), column(0)), Condition::exists(books([], mixed())).negate()] {
        assert_eq!(condition.fold(&mut |leaf, _| leaf.clone()), condition);
    }
}

#[test]
fn a_fold_reaches_every_leaf_of_a_subquery() {
    let condition = equal(correlated(), column(0));
    let folded = condition.fold(&mut |_, levels| Node::Value(Value::I64(levels.into())));
    let values = folded.walk().filter_map(|part| match part {
        Part::Node(Node::Value(Value::I64(levels))) => Some(*levels),
        _ => None,
    });
    assert_eq!(values.collect::<Vec<_>>(), [1, 1, 1, 2, 2, 2, 2, 1, 0]);
}

#[test]
fn a_condition_behind_a_path_moves_only_what_refers_to_its_row() {
    let sequel = Path::root_of(&BOOK).then(&BOOK.fields[2], &BOOK);
    let condition = equal(correlated(), column(0));
    let moved = behind(&condition, sequel);
    assert!(moved.walk().columns().all(|column| column.path.same(sequel)));
    assert_eq!(moved.walk().columns().count(), 4);
    let paths = moved.walk().filter_map(|part| match part {
        Part::Node(Node::Column(column) | Node::Outer { column, .. }) => Some(column.path.len()),
        _ => None,
    });
    assert_eq!(paths.collect::<Vec<_>>(), [0, 0, 1, 0, 1, 0, 0, 1, 1]);
}

#[test]
fn the_complement_of_exists_is_its_negation() {
    let exists = Condition::exists(books([], mixed()));
    assert!(!exists.negated && matches!(exists.tree, Tree::Exists(_)));
    let none = exists.clone().negate();
    assert!(none.negated && matches!(none.tree, Tree::Exists(_)));
    assert_ne!(none, exists);
    assert_eq!(none.negate(), exists);
}

#[test]
fn a_value_of_a_subquery_can_be_null_unless_it_is_a_count() {
    let value = Node::subquery(books([column(0)], Condition::EMPTY));
    assert_eq!((value.kind(), value.nullable()), (Kind::I32, true));
    let count = Node::Call(Arc::new(Call::new(Function::Count, Vec::new(), Kind::I64, false)));
    let value = Node::subquery(books([count], Condition::EMPTY));
    assert_eq!((value.kind(), value.nullable()), (Kind::I64, false));
    let truth = Node::subquery(books([Node::Condition(mixed())], Condition::EMPTY));
    assert_eq!((truth.kind(), truth.nullable()), (Kind::Bool, true));
}

#[test]
fn a_value_of_several_outputs_or_of_rows_is_a_fault() {
    let row = Select::of(&BOOK, Selected::Outputs([Output::Row(Path::root_of(&BOOK))].into()));
    for select in [books([], mixed()), books([column(0), column(1)], mixed()), Select::all(&BOOK), row] {
        assert!(matches!(fault(&Node::subquery(select)), Some(ErrorKind::Query { .. })));
    }
}

#[test]
fn a_fault_of_a_subquery_is_one_of_the_query_around_it() {
    let sliced = || {
        let mut select = Select { limit: Some(1), ..books([column(0)], mixed()) };
        select.unsliced("filter");
        select
    };
    assert!(matches!(fault(&Node::subquery(sliced())), Some(ErrorKind::Query(QueryMistake::After { .. }))));
    let exists = Condition::exists(sliced());
    let met = exists.walk().find_map(|part| match part {
        Part::Node(node) => fault(node),
        Part::Condition(_) | Part::Select(_) => None,
    });
    assert!(matches!(met, Some(ErrorKind::Query(QueryMistake::After { .. }))));
}

#[test]
fn a_subquery_is_one_level_deeper_than_the_deepest_of_it() {
    assert_eq!(Node::subquery(books([column(0)], Condition::EMPTY)).depth(), 1);
    assert_eq!(Condition::exists(books([], mixed())).depth(), 1 + mixed().depth());
    let ordered = Select { order: by(Node::Condition(mixed())), ..books([column(0)], Condition::EMPTY) };
    assert_eq!(Node::subquery(ordered).depth(), 1 + mixed().depth());
    assert_eq!(correlated().depth(), 4);
}

#[test]
fn all_that_decides_the_statement_of_a_query_counts_in_a_comparison() {
    let select = || Select { order: by(column(0)), ..books([column(0)], mixed()) };
    let sequel = Path::root_of(&BOOK).then(&BOOK.fields[2], &BOOK);
    let nulls_first = Ordering { node: column(0), descending: true, nulls: Some(Nulls::First) };
    let others = [
        Select { selected: Selected::Model(Arc::default()), ..select() },
        Select { selected: books([column(1)], mixed()).selected, ..select() },
        Select { condition: mixed().negate(), ..select() },
        Select { present: Some(sequel), ..select() },
        Select { order: None, ..select() },
        Select { order: by(column(1)), ..select() },
        Select { order: Some(vec![nulls_first]), ..select() },
        Select { reversed: true, ..select() },
        Select { distinct: true, ..select() },
        Select { limit: Some(1), ..select() },
        Select { offset: 1, ..select() },
        Select { lock: Some(Lock { wait: Wait::Skip, ..Lock::default() }), ..select() },
        Select { nothing: true, ..select() },
    ];
    for (index, one) in others.iter().enumerate() {
        assert_ne!(*one, select());
        assert_ne!(Condition::exists(one.clone()), Condition::exists(select()));
        for (at, other) in others.iter().enumerate() {
            assert_eq!(one == other, at == index, "{one:?} and {other:?}");
        }
    }
    let related = Arc::new(Shape { related: vec![(2, Shape::default())] });
    assert_ne!(Select::of(&BOOK, Selected::Model(related)), Select::all(&BOOK));
}

#[test]
fn prefetches_do_not_count_in_a_comparison_and_leave_a_subquery() {
    let mut select = books([column(0)], mixed());
    let relation = Relation::One(&BOOK.fields[2]);
    select.add_prefetch(Prefetch { model: &BOOK, relation, query: Select::all(&BOOK) });
    assert_eq!(select, books([column(0)], mixed()));
    let value = Node::subquery(select);
    assert!(matches!(value, Node::Subquery { query, .. } if query.select.prefetch.is_empty()));
}

#[test]
fn a_query_with_a_fault_equals_nothing() {
    let mut select = Select::all(&BOOK);
    select.fail(Error::query("a fault"));
    assert_ne!(select, select.clone());
}

#[test]
fn outer_columns_are_equal_only_from_the_same_distance() {
    assert_eq!(outer(0, 1), outer(0, 1));
    assert_ne!(outer(0, 1), outer(0, 2));
    assert_ne!(outer(0, 1), outer(1, 1));
    assert_ne!(outer(0, 1), column(0));
}

#[test]
fn a_subquery_is_printed_with_what_it_asks() {
    let exists = Condition::exists(books([column(0)], equal(column(1), outer(1, 1)))).negate();
    let printed = "!Exists(Book { selected: Outputs([Node(Column(Book.price))]), \
                   condition: Eq([Column(Book.stock), Outer { column: Book.stock, levels: 1 }]) })";
    assert_eq!(format!("{exists:?}"), printed);
    let sequel = Path::root_of(&BOOK).then(&BOOK.fields[2], &BOOK);
    let present = Select { present: Some(sequel), ..Select::all(&BOOK) };
    assert_eq!(format!("{present:?}"), "Book { present: Book.sequel }");
}

/// Subqueries inside each other, each in another place of the one around it.
fn nested(levels: u32) -> Node {
    (0..levels).fold(column(0), |inner, level| {
        Node::subquery(match level % 4 {
            0 => books([inner], Condition::EMPTY),
            1 => books([column(0)], equal(inner, outer(1, 1))),
            2 => Select { order: by(inner), ..books([column(0)], Condition::EMPTY) },
            _ => {
                books([Node::Condition(Condition::exists(books([inner], Condition::EMPTY)).negate())], Condition::EMPTY)
            }
        })
    })
}

#[test]
fn deep_subqueries_take_no_more_stack_than_one() -> std::io::Result<()> {
    on_a_small_stack(|| {
        let tree = nested(100_000);
        assert_eq!(tree.depth(), 125_000);
        assert_eq!(tree.walk().filter(|part| matches!(part, Part::Select(_))).count(), 125_000);
        assert_eq!(tree.walk().columns().count(), 0);
        assert!(tree == nested(100_000));
        let condition = equal(tree, column(0));
        let copy = condition.fold(&mut |leaf, _| leaf.clone());
        assert!(copy == condition);
        assert_eq!(format!("{copy:?}"), "(… 125000 levels)");
        drop((copy, condition));
    })
}

#[test]
fn deep_subqueries_that_share_their_outputs_are_dropped_with_little_stack() -> std::io::Result<()> {
    on_a_small_stack(|| {
        let mut copies = Vec::new();
        let mut tree = column(0);
        for _ in 0..100_000 {
            let select = books([tree], Condition::EMPTY);
            copies.push(select.clone());
            tree = Node::subquery(select);
        }
        drop(tree);
        drop(copies);
    })
}
