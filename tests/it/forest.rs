//! Updates and deletes along a table's own relations: the rows are chosen, and the values computed, before any row
//! changes. Random forests, changed by the database and by plain Rust alike.

use std::collections::{BTreeMap, BTreeSet};

use dormouse::Result;
use dormouse::expr::Assignment;
use dormouse::prelude::*;

use crate::support::{Dice, matrix, share_of};

#[derive(Model, Debug, Clone, PartialEq)]
struct Node {
    id: i64,
    value: Option<i32>,
    weight: i32,
    #[field(on_delete = SetNull)]
    up: Option<ForeignKey<Node>>,
    #[field(on_delete = SetNull)]
    side: Option<ForeignKey<Node>>,
    #[field(on_delete = Cascade)]
    owner: Option<ForeignKey<Node>>,
    #[field(on_delete = SetNull)]
    club: Option<ForeignKey<Club>>,
}

/// A way from nodes to nodes over another table; a club goes with its head.
#[derive(Model, Debug, Clone, PartialEq)]
struct Club {
    id: i64,
    score: Option<i32>,
    #[field(on_delete = Cascade)]
    head: Option<ForeignKey<Node>>,
}

/// A row of `Node`, in plain Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plain {
    value: Option<i32>,
    weight: i32,
    up: Option<i64>,
    side: Option<i64>,
    owner: Option<i64>,
    club: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Forest {
    nodes: BTreeMap<i64, Plain>,
    clubs: BTreeMap<i64, (Option<i32>, Option<i64>)>,
}

/// A way from a node to another.
#[derive(Debug, Clone, Copy)]
enum Way {
    Own,
    Up,
    UpUp,
    Side,
    SideUp,
    Owner,
    Head,
    HeadSide,
}

const WAYS: [Way; 8] = [Way::Own, Way::Up, Way::UpUp, Way::Side, Way::SideUp, Way::Owner, Way::Head, Way::HeadSide];

/// Which rows.
#[derive(Debug, Clone)]
enum Which {
    All,
    Root(Way),
    Above(Way, i32),
    Is(Way, i64),
    Score(i32),
    Not(Box<Which>),
    Both(Box<Which>, Box<Which>),
    Any(Box<Which>, Box<Which>),
}

/// What becomes of a column.
#[derive(Debug, Clone, Copy)]
enum Change {
    Value(Option<i32>),
    ValueOf(Way),
    ValueMore(Way, i32),
    ValueOfScore,
    WeightMore(i32),
    Up(Option<i64>),
    UpOf(Way),
    SideOf(Way),
    SideIsUp,
    UpIsSide,
    OwnerOf(Way),
    ClubOf(Way),
}

macro_rules! along {
    ($n:ident, $way:expr, |$at:ident| $then:expr) => {
        match $way {
            Way::Own => {
                let $at = $n;
                $then
            }
            Way::Up => {
                let $at = &$n.up;
                $then
            }
            Way::UpUp => {
                let $at = &$n.up.up;
                $then
            }
            Way::Side => {
                let $at = &$n.side;
                $then
            }
            Way::SideUp => {
                let $at = &$n.side.up;
                $then
            }
            Way::Owner => {
                let $at = &$n.owner;
                $then
            }
            Way::Head => {
                let $at = &$n.club.head;
                $then
            }
            Way::HeadSide => {
                let $at = &$n.club.head.side;
                $then
            }
        }
    };
}

impl Which {
    fn roll(dice: &mut Dice, depth: usize) -> Self {
        let way = dice.pick(&WAYS);
        let number = i32::try_from(dice.below(5)).unwrap();
        match dice.below(if depth == 0 { 6 } else { 9 }) {
            0 => Self::All,
            1 | 2 => Self::Root(way),
            3 => Self::Above(way, number),
            4 => Self::Is(way, i64::from(number) + 1),
            5 => Self::Score(number),
            6 => Self::Not(Self::roll(dice, depth - 1).into()),
            7 => Self::Both(Self::roll(dice, depth - 1).into(), Self::roll(dice, depth - 1).into()),
            _ => Self::Any(Self::roll(dice, depth - 1).into(), Self::roll(dice, depth - 1).into()),
        }
    }

    fn asked(&self, n: &NodeFields) -> Q<Node> {
        match self {
            Self::All => Q::all_of([]),
            Self::Root(way) => along!(n, way, |at| at.up.is_null()),
            Self::Above(way, number) => along!(n, way, |at| at.value.gt(*number)),
            Self::Is(way, id) => along!(n, way, |at| at.side.eq(*id)),
            Self::Score(number) => n.club.score.lt(*number),
            Self::Not(inner) => !inner.asked(n),
            Self::Both(one, other) => one.asked(n) & other.asked(n),
            Self::Any(one, other) => one.asked(n) | other.asked(n),
        }
    }

    fn holds(&self, forest: &Forest, node: &Plain) -> bool {
        match self {
            Self::All => true,
            Self::Root(way) => forest.along(node, *way).and_then(|at| at.up).is_none(),
            Self::Above(way, number) => forest.along(node, *way).and_then(|at| at.value) > Some(*number),
            Self::Is(way, id) => forest.along(node, *way).and_then(|at| at.side) == Some(*id),
            Self::Score(number) => forest.score(node).is_some_and(|score| score < *number),
            Self::Not(inner) => !inner.holds(forest, node),
            Self::Both(one, other) => one.holds(forest, node) && other.holds(forest, node),
            Self::Any(one, other) => one.holds(forest, node) || other.holds(forest, node),
        }
    }
}

impl Change {
    /// One change, or a few of different columns.
    fn roll(dice: &mut Dice) -> Vec<Self> {
        let way = dice.pick(&WAYS);
        let number = i32::try_from(dice.below(3)).unwrap();
        let mut changes = vec![match dice.below(12) {
            0 => Self::Value(Some(number)),
            1 => Self::Value(None),
            2..=4 => Self::ValueOf(way),
            5 => Self::ValueMore(way, number),
            6 => Self::ValueOfScore,
            7 => Self::WeightMore(number),
            8 => Self::OwnerOf(Way::Owner),
            9 => Self::ClubOf(way),
            10 => Self::SideOf(way),
            _ => return vec![Self::SideIsUp, Self::UpIsSide],
        }];
        match dice.below(4) {
            0 => changes.push(Self::UpOf(dice.pick(&WAYS))),
            1 => changes.push(Self::Up(None)),
            _ => {}
        }
        changes
    }

    fn set(self, n: &NodeFields) -> Assignment<Node> {
        match self {
            Self::Value(value) => n.value.set(value),
            Self::ValueOf(way) => along!(n, way, |at| n.value.set(at.value)),
            Self::ValueMore(way, number) => along!(n, way, |at| n.value.set(at.value + number)),
            Self::ValueOfScore => n.value.set(n.club.score),
            Self::WeightMore(number) => n.weight.set(n.weight + number),
            Self::Up(id) => n.up.set(id),
            Self::UpOf(way) => along!(n, way, |at| n.up.set(at.up)),
            Self::SideOf(way) => along!(n, way, |at| n.side.set(at.side)),
            Self::SideIsUp => n.side.set(n.up),
            Self::UpIsSide => n.up.set(n.side),
            Self::OwnerOf(way) => along!(n, way, |at| n.owner.set(at.owner)),
            Self::ClubOf(way) => along!(n, way, |at| n.club.set(at.club)),
        }
    }

    fn apply(self, forest: &Forest, old: &Plain, new: &mut Plain) {
        let at = |way| forest.along(old, way);
        match self {
            Self::Value(value) => new.value = value,
            Self::ValueOf(way) => new.value = at(way).and_then(|at| at.value),
            Self::ValueMore(way, number) => new.value = at(way).and_then(|at| at.value).map(|value| value + number),
            Self::ValueOfScore => new.value = forest.score(old),
            Self::WeightMore(number) => new.weight = old.weight + number,
            Self::Up(id) => new.up = id,
            Self::UpOf(way) => new.up = at(way).and_then(|at| at.up),
            Self::SideOf(way) => new.side = at(way).and_then(|at| at.side),
            Self::SideIsUp => new.side = old.up,
            Self::UpIsSide => new.up = old.side,
            Self::OwnerOf(way) => new.owner = at(way).and_then(|at| at.owner),
            Self::ClubOf(way) => new.club = at(way).and_then(|at| at.club),
        }
    }
}

impl Forest {
    /// Few nodes, so that their ways meet. An owner is an earlier node: rows go with their owners, and a ring of such
    /// has no first.
    fn roll(dice: &mut Dice) -> Self {
        let count = 3 + dice.below(6);
        let key = |dice: &mut Dice, below: usize| {
            (below > 0 && dice.below(4) > 0).then(|| i64::try_from(1 + dice.below(below)).unwrap())
        };
        let number = |dice: &mut Dice| (dice.below(4) > 0).then(|| i32::try_from(dice.below(6)).unwrap());
        let nodes = (0..count).map(|index| {
            let (up, side) = (key(dice, count), key(dice, count));
            let (owner, club) = (key(dice, index), key(dice, 2));
            let weight = i32::try_from(dice.below(9)).unwrap();
            (i64::try_from(index + 1).unwrap(), Plain { value: number(dice), weight, up, side, owner, club })
        });
        let nodes = nodes.collect();
        let clubs = (1..=2).map(|id| (id, (number(dice), key(dice, count)))).collect();
        Self { nodes, clubs }
    }

    fn node(&self, id: Option<i64>) -> Option<&Plain> {
        self.nodes.get(&id?)
    }

    fn along<'f>(&'f self, node: &'f Plain, way: Way) -> Option<&'f Plain> {
        let head = |node: &Plain| self.node(self.clubs.get(&node.club?)?.1);
        match way {
            Way::Own => Some(node),
            Way::Up => self.node(node.up),
            Way::UpUp => self.node(self.node(node.up)?.up),
            Way::Side => self.node(node.side),
            Way::SideUp => self.node(self.node(node.side)?.up),
            Way::Owner => self.node(node.owner),
            Way::Head => head(node),
            Way::HeadSide => self.node(head(node)?.side),
        }
    }

    fn score(&self, node: &Plain) -> Option<i32> {
        self.clubs.get(&node.club?)?.0
    }

    fn chosen(&self, which: &Which) -> BTreeSet<i64> {
        self.nodes.iter().filter(|(_, node)| which.holds(self, node)).map(|(id, _)| *id).collect()
    }

    fn update(&mut self, which: &Which, changes: &[Change]) -> u64 {
        let (old, chosen) = (self.clone(), self.chosen(which));
        for id in &chosen {
            let node = self.nodes.get_mut(id).unwrap();
            changes.iter().for_each(|change| change.apply(&old, &old.nodes[id], node));
        }
        chosen.len() as u64
    }

    /// The nodes and clubs that go when some nodes are deleted.
    fn gone_with(&self, chosen: &BTreeSet<i64>) -> (BTreeSet<i64>, BTreeSet<i64>) {
        let mut nodes = chosen.clone();
        // Owners are earlier nodes.
        for (id, node) in &self.nodes {
            if node.owner.is_some_and(|owner| nodes.contains(&owner)) {
                nodes.insert(*id);
            }
        }
        let clubs = self.clubs.iter().filter(|(_, (_, head))| head.is_some_and(|id| nodes.contains(&id)));
        let clubs = clubs.map(|(id, _)| *id).collect();
        (nodes, clubs)
    }

    /// Whether PostgreSQL can delete these nodes: when a rule sets a second key of a row to NULL, it checks the others,
    /// also one whose own rule is still to come.
    fn can_delete(&self, chosen: &BTreeSet<i64>) -> bool {
        let (nodes, clubs) = self.gone_with(chosen);
        self.nodes.iter().filter(|(id, _)| !chosen.contains(id)).all(|(_, node)| {
            let keys = [node.up, node.side, node.owner].into_iter().flatten().filter(|id| nodes.contains(id)).count();
            keys + usize::from(node.club.is_some_and(|id| clubs.contains(&id))) < 3
        })
    }

    fn delete(&mut self, chosen: &BTreeSet<i64>) {
        let (nodes, clubs) = self.gone_with(chosen);
        self.nodes.retain(|id, _| !nodes.contains(id));
        self.clubs.retain(|id, _| !clubs.contains(id));
        for node in self.nodes.values_mut() {
            node.up = node.up.filter(|id| !nodes.contains(id));
            node.side = node.side.filter(|id| !nodes.contains(id));
            node.club = node.club.filter(|id| !clubs.contains(id));
        }
    }

    /// Puts it into the database, in the place of what was there.
    async fn plant(&self) -> Result<()> {
        Club::objects().aupdate(|c| c.head.set(None::<i64>)).await?;
        Node::objects().aupdate(|n| n.owner.set(None::<i64>)).await?;
        Node::objects().adelete().await?;
        Club::objects().adelete().await?;
        for (id, (score, _)) in &self.clubs {
            Club::objects().acreate(|c| c.id(*id).score(*score)).await?;
        }
        for (id, node) in &self.nodes {
            Node::objects().acreate(|n| n.id(*id).value(node.value).weight(node.weight)).await?;
        }
        for (id, node) in &self.nodes {
            let keys = Node::objects().filter(|n| n.id.eq(*id));
            keys.aupdate(|n| {
                (n.up.set(node.up), n.side.set(node.side), n.owner.set(node.owner), n.club.set(node.club))
            })
            .await?;
        }
        for (id, (_, head)) in &self.clubs {
            Club::objects().filter(|c| c.id.eq(*id)).aupdate(|c| c.head.set(*head)).await?;
        }
        Ok(())
    }

    /// The one in the database.
    async fn found() -> Result<Self> {
        let id = |key: Option<ForeignKey<Node>>| key.map(|key| key.id());
        let nodes = Node::objects().await?.into_iter().map(|node| {
            let Node { id: key, value, weight, up, side, owner, club } = node;
            let club = club.map(|key| key.id());
            (key, Plain { value, weight, up: id(up), side: id(side), owner: id(owner), club })
        });
        let nodes = nodes.collect();
        let clubs = Club::objects().await?.into_iter().map(|club| (club.id, (club.score, id(club.head)))).collect();
        Ok(Self { nodes, clubs })
    }
}

/// Changes rows, outside of a transaction or inside of one.
async fn updated(which: &Which, changes: &[Change], atomically: bool) -> Result<u64> {
    let set = |n: &'static NodeFields| changes.iter().map(|change| change.set(n)).collect::<Vec<_>>();
    let rows = Node::objects().filter(|n| which.asked(n));
    if !atomically {
        return rows.aupdate(set).await;
    }
    let assignments = set(Node::fields());
    atomic(move |tx| rows.using(tx).update(|_| assignments)).await
}

async fn deleted(which: &Which, atomically: bool) -> Result<()> {
    let rows = Node::objects().filter(|n| which.asked(n));
    if atomically {
        atomic(move |tx| rows.using(tx).delete()).await?;
    } else {
        rows.adelete().await?;
    }
    Ok(())
}

matrix! {
    async fn any_update_or_delete_is_as_in_plain_rust(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Node, Club]).await?;
        let mut dice = Dice::of("forests");
        for round in 0..share_of(3_000, 40) {
            let mut forest = Forest::roll(&mut dice);
            forest.plant().await?;
            assert_eq!(Forest::found().await?, forest, "planted");
            for _ in 0..6 {
                let (before, which, atomically) = (forest.clone(), Which::roll(&mut dice, 2), dice.below(2) == 0);
                let ids: Vec<i64> = forest.nodes.keys().copied().collect();
                let what = match dice.below(6) {
                    0 if forest.can_delete(&forest.chosen(&which)) => {
                        forest.delete(&forest.chosen(&which));
                        deleted(&which, atomically).await?;
                        format!("delete {which:?}")
                    }
                    1 if !ids.is_empty() => {
                        let id = dice.pick(&ids);
                        if !forest.can_delete(&[id].into()) {
                            continue;
                        }
                        forest.delete(&[id].into());
                        Node::objects().aget(|n| n.id.eq(id)).await?.adelete().await?;
                        format!("delete row {id}")
                    }
                    _ => {
                        let changes = Change::roll(&mut dice);
                        let count = forest.update(&which, &changes);
                        let what = format!("update {which:?} {changes:?}");
                        assert_eq!(updated(&which, &changes, atomically).await?, count, "{what} of {before:?}");
                        what
                    }
                };
                assert_eq!(Forest::found().await?, forest, "round {round}: {what} of {before:?}");
            }
        }
        Ok(())
    }

    async fn values_come_from_the_old_rows_of_a_tree(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Node, Club]).await?;
        for id in 1..=4_i64 {
            let up = (id > 1).then_some(id - 1);
            Node::objects().acreate(|n| n.id(id).value(i32::try_from(id * 10).unwrap()).weight(0).up(up)).await?;
        }
        assert_eq!(Node::objects().aupdate(|n| n.value.set(n.up.value)).await?, 4);
        let values = || Node::objects().order_by(|n| n.id.asc()).values(|n| n.value);
        assert_eq!(values().await?, [None, Some(10), Some(20), Some(30)]);
        let below = Node::objects().filter(|n| n.up.value.ne(20));
        assert_eq!(below.aupdate(|n| (n.value.set(n.up.value + 1), n.weight.set(7))).await?, 3);
        assert_eq!(values().await?, [None, None, Some(11), Some(30)]);
        Ok(())
    }

    async fn a_delete_of_roots_leaves_their_children(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Node, Club]).await?;
        for id in 1..=3_i64 {
            Node::objects().acreate(|n| n.id(id).weight(0).up((id > 1).then_some(id - 1))).await?;
        }
        assert_eq!(Node::objects().filter(|n| n.up.is_null()).adelete().await?.total, 1);
        assert_eq!(Node::objects().order_by(|n| n.id.asc()).values(|n| n.id).await?, [2, 3]);
        Ok(())
    }
}
