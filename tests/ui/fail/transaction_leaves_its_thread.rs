use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    id: i64,
    balance: i64,
}

fn to_another_thread() {
    let _ = atomic(|tx| {
        std::thread::scope(|scope| {
            scope.spawn(|| Account::objects().using(tx).count());
        });
        Ok(())
    });
}

fn out_of_its_closure() {
    let _ = atomic(|tx| Ok(Account::objects().using(tx)));
}

fn across_an_await() {
    let _ = atomic(|tx| {
        let task = async move { Account::objects().using(tx).count() };
        dormouse::async_to_sync(async { tokio::spawn(task).await }).run()?;
        Ok(())
    });
}

fn into_an_a_method() {
    let _ = atomic(|tx| {
        let _ = Account::objects().afirst().using(tx);
        Ok(())
    });
}

fn main() {}
