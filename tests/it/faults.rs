//! What the library promises when things break: futures that are dropped, connections that are cut, processes and servers that are
//! killed. Each sweep does a share of its cases in an ordinary run and all of them with `DORMOUSE_TEST_WHOLE=1`.

mod cancellation;
mod client_kills;
mod commit_window;
mod conflicts;
mod connection_kills;
mod cuts;
mod dead_sockets;
mod drops;
mod durability;
mod exhaustion;
mod hermitage;
mod increments;
mod ledger;
mod pool_of_one;
mod probe;
mod reach;
mod server_kills;
mod settings;
mod stopped_client;
mod streams;
mod tags;
mod time_limits;
