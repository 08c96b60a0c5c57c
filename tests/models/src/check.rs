//! How a model is run: under many orders of events, half of them drawn at random, half by priorities (PCT), which find
//! what needs few but rare changes of turn.

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use crate::share::share_of;
use crate::sync::execute;

/// Changes of turn among priorities.
const CHANGES: usize = 3;
/// How many times more orders the whole has than the share of an ordinary run.
const WHOLE: usize = 100;

/// Runs a model under so many orders of events, and more where the whole is asked for. A failure prints the order, which
/// `shuttle::replay` takes.
pub(crate) fn check(orders: usize, model: impl Fn() + Send + Sync + Copy + 'static) {
    let each = share_of(orders * WHOLE, orders) / 2;
    run(RandomScheduler::new(each), model);
    run(PctScheduler::new(CHANGES, each), model);
}

fn run(scheduler: impl Scheduler + 'static, model: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    config.stack_size = 256 * 1024;
    Runner::new(scheduler, config).run(move || execute(&model));
}
