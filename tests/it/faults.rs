//! What the library promises when things break: futures that are dropped, connections that are cut, processes and servers that are
//! killed. Each sweep does a share of its cases in an ordinary run and all of them with `DORMOUSE_TEST_WHOLE=1`.

mod cancellation;
mod commit_window;
mod connection_kills;
mod cuts;
mod dead_sockets;
mod drops;
mod probe;
mod streams;
mod tags;
