//! A chain of models is no deep type: it compiles with the default recursion limit.

use dormouse::prelude::*;

macro_rules! chain {
    ($($model:ident -> $next:ident),* $(,)?) => {$(
        #[derive(Model, Debug, Clone)]
        pub struct $model {
            pub id: i64,
            pub name: String,
            #[field(on_delete = Cascade)]
            pub next: ForeignKey<$next>,
            #[field(on_delete = SetNull)]
            pub maybe: Option<ForeignKey<$next>>,
        }
    )*};
}

chain! {
    M0 -> M1,
    M1 -> M2,
    M2 -> M3,
    M3 -> M4,
    M4 -> M5,
    M5 -> M6,
    M6 -> M7,
    M7 -> M8,
    M8 -> M9,
    M9 -> M10,
    M10 -> M11,
    M11 -> M12,
    M12 -> M13,
    M13 -> M14,
    M14 -> M15,
    M15 -> M16,
    M16 -> M17,
    M17 -> M18,
    M18 -> M19,
    M19 -> M20,
    M20 -> M21,
    M21 -> M22,
    M22 -> M23,
    M23 -> M24,
    M24 -> M25,
    M25 -> M26,
    M26 -> M27,
    M27 -> M28,
    M28 -> M29,
    M29 -> M30,
    M30 -> M31,
    M31 -> M32,
    M32 -> M33,
    M33 -> M34,
    M34 -> M35,
    M35 -> M36,
    M36 -> M37,
    M37 -> M38,
    M38 -> M39,
    M39 -> M40,
    M40 -> M41,
    M41 -> M42,
    M42 -> M43,
    M43 -> M44,
    M44 -> M45,
    M45 -> M46,
    M46 -> M47,
    M47 -> M48,
    M48 -> M49,
    M49 -> M50,
    M50 -> M51,
    M51 -> M52,
    M52 -> M53,
    M53 -> M54,
    M54 -> M55,
    M55 -> M56,
    M56 -> M57,
    M57 -> M58,
    M58 -> M59,
    M59 -> M60,
    M60 -> M61,
    M61 -> M62,
    M62 -> M63,
    M63 -> M0,
}

fn send<T: Send + Sync + 'static>(_: T) {}

fn main() {
    send(M0::objects());
    send(M0::fields());
    send(M0::fields().next.next.next.maybe.next.next.maybe.next.name.eq("far"));
    let one = M0 { id: 1, name: String::new(), next: ForeignKey::new(2), maybe: None };
    send(one.clone());
    send(async move { drop(one) });
    assert_eq!(M63::fields().next.name.column().path.len(), 1);
}
