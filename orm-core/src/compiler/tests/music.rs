//! A music store: a track's album and genre are nullable, an employee may report to another.

use crate::ast::Node;
use crate::model::{
    Column, FieldDef, ForeignKeyDef, IndexDef, ModelDef, OnDelete, OrderingDef, Path, RelationDef, RelationKind,
    UniqueDef,
};
use crate::value::{Choices, Kind};

pub(super) type Field = Node;

/// A column by the names of the way to it, from a root.
pub(super) fn at(root: &'static ModelDef, way: &[&str]) -> Node {
    let mut path: &'static Path = Box::leak(Box::new(Path::root(root)));
    let (last, steps) = way.split_last().unwrap();
    for step in steps {
        let key = path.model.field(step).unwrap();
        path = path.then(key, (key.foreign_key.unwrap().target)());
    }
    Node::Column(Column { path, field: path.model.field(last).unwrap() })
}

/// A column of a track.
pub(super) fn track(way: &[&str]) -> Node {
    at(&TRACK, way)
}

/// The path to a model.
pub(super) fn path(root: &'static ModelDef, way: &[&str]) -> &'static Path {
    let mut whole = way.to_vec();
    whole.push("id");
    match at(root, &whole) {
        Node::Column(column) => column.path,
        _ => unreachable!(),
    }
}

pub(super) const ID: FieldDef =
    FieldDef { name: "id", column: "id", kind: Kind::I64, primary_key: true, auto: true, ..FieldDef::PLAIN };

pub(super) const fn text(name: &'static str, max_length: Option<u32>) -> FieldDef {
    FieldDef { name, column: name, max_length, ..FieldDef::PLAIN }
}

pub(super) const fn of_kind(name: &'static str, kind: Kind, nullable: bool) -> FieldDef {
    FieldDef { name, column: name, kind, nullable, ..FieldDef::PLAIN }
}

pub(super) const fn key(
    name: &'static str,
    column: &'static str,
    target: fn() -> &'static ModelDef,
    on_delete: OnDelete,
    nullable: bool,
) -> FieldDef {
    let foreign_key = Some(ForeignKeyDef { target, on_delete, one_to_one: false });
    FieldDef { name, column, kind: Kind::I64, nullable, foreign_key, ..FieldDef::PLAIN }
}

pub(super) const fn many(name: &'static str, target: fn() -> &'static ModelDef, field: &'static str) -> RelationDef {
    RelationDef { name, target, kind: RelationKind::HasMany { field } }
}

pub(super) const fn pairs(
    name: &'static str,
    target: fn() -> &'static ModelDef,
    through: Option<fn() -> &'static ModelDef>,
    reverse_of: Option<&'static str>,
) -> RelationDef {
    RelationDef { name, target, kind: RelationKind::ManyToMany { through, reverse_of } }
}

pub(super) static ARTIST: ModelDef = ModelDef {
    name: "Artist",
    table: "artist",
    fields: &[ID, FieldDef { unique: true, ..text("name", Some(120)) }],
    primary_key: &[0],
    relations: &[many("albums", || &ALBUM, "artist")],
    ordering: &[OrderingDef { field: 1, descending: false }],
    ..ModelDef::PLAIN
};

pub(super) static ALBUM: ModelDef = ModelDef {
    name: "Album",
    table: "album",
    fields: &[ID, text("title", Some(160)), key("artist", "artist_id", || &ARTIST, OnDelete::Cascade, false)],
    primary_key: &[0],
    uniques: &[UniqueDef { name: "", fields: &[1, 2], deferrable: false }],
    ..ModelDef::PLAIN
};

pub(super) static GENRE: ModelDef = ModelDef {
    name: "Genre",
    table: "genre",
    fields: &[ID, text("name", Some(120))],
    primary_key: &[0],
    ..ModelDef::PLAIN
};

pub(super) static TRACK: ModelDef = ModelDef {
    name: "Track",
    table: "track",
    fields: &[
        ID,
        text("name", Some(200)),
        key("album", "album_id", || &ALBUM, OnDelete::SetNull, true),
        key("genre", "genre_id", || &GENRE, OnDelete::Protect, true),
        FieldDef { nullable: true, ..text("composer", None) },
        of_kind("milliseconds", Kind::I32, false),
        of_kind("bytes", Kind::I32, true),
        FieldDef { max_digits: Some(10), decimal_places: Some(2), ..of_kind("unit_price", Kind::Decimal, false) },
        of_kind("live", Kind::Bool, false),
        of_kind("rating", Kind::F64, false),
    ],
    primary_key: &[0],
    relations: &[
        pairs("playlists", || &PLAYLIST, None, Some("tracks")),
        pairs("played_on", || &PLAYLIST, None, Some("played")),
    ],
    ..ModelDef::PLAIN
};

pub(super) static PLAYLIST: ModelDef = ModelDef {
    name: "Playlist",
    table: "playlist",
    fields: &[ID, text("name", Some(120))],
    primary_key: &[0],
    relations: &[pairs("tracks", || &TRACK, None, None), pairs("played", || &TRACK, Some(|| &PLAY), None)],
    ..ModelDef::PLAIN
};

/// A pair of keys is the key.
pub(super) static PLAY: ModelDef = ModelDef {
    name: "Play",
    table: "play",
    fields: &[
        FieldDef { primary_key: true, ..key("playlist", "playlist_id", || &PLAYLIST, OnDelete::Cascade, false) },
        FieldDef { primary_key: true, ..key("track", "track_id", || &TRACK, OnDelete::Cascade, false) },
        of_kind("plays", Kind::I32, false),
    ],
    primary_key: &[0, 1],
    ..ModelDef::PLAIN
};

pub(super) static EMPLOYEE: ModelDef = ModelDef {
    name: "Employee",
    table: "employee",
    fields: &[
        ID,
        text("name", Some(60)),
        key("reports_to", "reports_to_id", || &EMPLOYEE, OnDelete::SetNull, true),
        of_kind("hired", Kind::Date, true),
    ],
    primary_key: &[0],
    relations: &[many("reports", || &EMPLOYEE, "reports_to")],
    ordering: &[OrderingDef { field: 3, descending: true }, OrderingDef { field: 1, descending: false }],
    ..ModelDef::PLAIN
};

/// Two tables that refer to each other.
pub(super) static TEAM: ModelDef = ModelDef {
    name: "Team",
    table: "team",
    fields: &[ID, key("captain", "captain_id", || &PLAYER, OnDelete::SetNull, true)],
    primary_key: &[0],
    ..ModelDef::PLAIN
};
pub(super) static PLAYER: ModelDef = ModelDef {
    name: "Player",
    table: "player",
    fields: &[ID, key("team", "team_id", || &TEAM, OnDelete::Restrict, false)],
    primary_key: &[0],
    ..ModelDef::PLAIN
};

/// A column of every kind, and most options.
pub(super) static EVERYTHING: ModelDef = ModelDef {
    name: "Everything",
    table: "everything",
    fields: &[
        FieldDef { name: "id", column: "id", kind: Kind::Uuid, primary_key: true, ..FieldDef::PLAIN },
        of_kind("bool", Kind::Bool, false),
        FieldDef { range: Some((0, 255)), ..of_kind("small", Kind::I16, false) },
        FieldDef { db_default: Some("0"), ..of_kind("int", Kind::I32, false) },
        FieldDef { range: Some((0, i64::MAX)), ..of_kind("big", Kind::I64, true) },
        of_kind("single", Kind::F32, false),
        of_kind("double", Kind::F64, false),
        FieldDef { max_digits: Some(8), decimal_places: Some(2), ..of_kind("price", Kind::Decimal, false) },
        FieldDef { comment: Some("what's \\ on it"), ..text("label", None) },
        FieldDef { collation: Some("nocase"), ..text("code", Some(8)) },
        FieldDef { choices: Some(Choices::Text(&["draft", "it's live"])), ..text("status", Some(10)) },
        FieldDef { choices: Some(Choices::Int(&[1, 2])), ..of_kind("level", Kind::I16, true) },
        of_kind("data", Kind::Bytes, false),
        FieldDef { db_default: Some("CURRENT_DATE"), ..of_kind("day", Kind::Date, false) },
        of_kind("time", Kind::Time, false),
        FieldDef { index: true, ..of_kind("local", Kind::DateTime, false) },
        of_kind("moment", Kind::Timestamp, false),
        of_kind("length", Kind::Duration, false),
        of_kind("document", Kind::Json, false),
        FieldDef { db_default: Some("'a''b'"), ..text("note", Some(20)) },
    ],
    primary_key: &[0],
    indexes: &[
        IndexDef { name: "", fields: &[(13, true), (7, false)], include: &[8], method: Some("btree") },
        IndexDef { name: "only_live", fields: &[(2, false)], include: &[], method: None },
    ],
    comment: Some("all of it"),
    ..ModelDef::PLAIN
};

/// Names that need their quotes.
pub(super) static QUOTED: ModelDef = ModelDef {
    name: "Quoted",
    table: "my \"odd` table",
    fields: &[ID, FieldDef { name: "select", column: "se\"le`ct", ..FieldDef::PLAIN }],
    primary_key: &[0],
    ..ModelDef::PLAIN
};
