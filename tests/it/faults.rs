//! What the library promises when things break: futures that are dropped, connections that are cut, processes and servers that are
//! killed. Each sweep does a share of its cases in an ordinary run and all of them with `DORMOUSE_TEST_WHOLE=1`.

mod client_kills;
mod durability;
mod idle_kills;
mod increments;
mod ledger;
mod server_kills;
mod stopped_client;
