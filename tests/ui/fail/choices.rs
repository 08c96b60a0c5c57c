use dormouse::prelude::*;

#[derive(Choices)]
struct NoEnum;

#[derive(Choices)]
enum Empty {}

#[derive(Choices)]
#[choices(rename_all = "SHOUTING", text)]
enum Status {
    Draft,
    #[choice(label = 3)]
    Live(i64),
    #[choice(value = "draft", lable = "Gone")]
    Gone,
}

#[derive(Choices)]
#[choices(int)]
enum Number {
    #[choice(value = "1")]
    One,
}

fn main() {}
