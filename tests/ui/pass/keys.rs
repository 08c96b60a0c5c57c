//! Composite keys, keys that are foreign keys, models that refer to themselves and in a circle.

use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Playlist {
    pub id: i64,
    #[related(through = PlaylistTrack)]
    pub tracks: ManyToMany<Track>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Track {
    #[field(max_length = 12)]
    pub id: String,
    #[related(tracks)]
    pub playlists: ManyToMany<Playlist>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(playlist, track, position))]
pub struct PlaylistTrack {
    #[field(on_delete = Cascade)]
    pub playlist: ForeignKey<Playlist>,
    #[field(on_delete = Cascade)]
    pub track: ForeignKey<Track>,
    pub position: i32,
}

#[derive(Model, Debug)]
pub struct Employee {
    pub id: i64,
    pub name: String,
    #[field(on_delete = SetNull)]
    pub reports_to: Option<ForeignKey<Employee>>,
    #[field(on_delete = SetNull)]
    pub works_at: Option<ForeignKey<Company>>,
    #[related(reports_to)]
    pub reports: HasMany<Employee>,
    pub friends: ManyToMany<Employee>,
}

#[derive(Model, Debug)]
pub struct Company {
    pub id: i64,
    #[field(on_delete = Protect)]
    pub boss: ForeignKey<Employee>,
    #[related(works_at)]
    pub staff: HasMany<Employee>,
}

fn send<T: Send + Sync + 'static>(_: &T) {}

fn main() {
    let position = PlaylistTrack { playlist: ForeignKey::new(1), track: ForeignKey::new("a".into()), position: 3 };
    let key: (i64, String, i32) = position.key();
    let _ = PlaylistTrack::objects().filter(|p| p.pk.eq(key) & p.track.pk.eq("a"));
    let _ = PlaylistTrack::objects().values(|p| p.pk);
    assert_eq!(PlaylistTrack::definition().primary_key, [0, 1, 2]);
    let _: Draft<PlaylistTrack> = PlaylistTrack::new().playlist(1).track("a").position(2);

    let _ = Employee::objects().filter(|e| e.works_at.boss.works_at.boss.reports_to.name.eq("Ann"));
    let _ = Employee::objects().values(|e| (e.name, e.reports_to.name, e.works_at.boss.row()));
    send(Employee::fields());
    send(&Employee::objects());

    let mut employee = Employee {
        id: 1,
        name: "Ann".into(),
        reports_to: None,
        works_at: Some(ForeignKey::new(2)),
        reports: HasMany::default(),
        friends: ManyToMany::default(),
    };
    use dormouse::model::Link;
    let mut held = |link| employee.holder(link).map(|holder| holder.key().expect("a key of one column").is_some());
    assert_eq!([0, 1, 2, 3].map(|field| held(Link::One(field))), [None, None, Some(false), Some(true)]);
    assert_eq!([0, 1, 2].map(|relation| held(Link::Many(relation))), [Some(false), Some(false), None]);

    let company = Cells(vec![dormouse::value::Cell::Int(1), dormouse::value::Cell::Int(2)]);
    let shape = dormouse::row::Shape { related: vec![(0, dormouse::row::Shape::default())] };
    let wrong = dormouse::model::decode_model::<Company>(&mut dormouse::row::RowReader::new(&company), &shape);
    assert!(wrong.is_err_and(|error| error.to_string().contains("`Company.id` is no relation to one row")));
}

/// Cells as the row that a driver stands on.
struct Cells(Vec<dormouse::value::Cell<'static>>);

impl dormouse::row::Columns for Cells {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, index: usize) -> dormouse::Result<dormouse::value::Cell<'_>> {
        Ok(self.0[index])
    }

    fn name(&self, index: usize) -> String {
        index.to_string()
    }
}
