//! What a server is told of a database for a while.

use std::sync::Arc;

use crate::driver::Driver;
use crate::error::Result;
use crate::row::{Collect, Decoder, RowReader, Shape};
use crate::statement::{Intent, Statement};

/// How a server makes and removes a database.
pub(in crate::driver) struct Words {
    pub(in crate::driver) create: String,
    /// Gives the statements that end its sessions.
    pub(in crate::driver) sessions: String,
    pub(in crate::driver) remove: String,
}

impl Words {
    /// Removes the database that they are for, asked of its server.
    pub(super) async fn remove_from(&self, server: &Arc<dyn Driver>) -> Result<()> {
        let word = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<String>(), Arc::default());
        let sessions = Statement::new(self.sessions.as_str(), Vec::new(), Intent::Read);
        for end in Collect::<String>::unbox(server.fetch(sessions, Collect::boxed(word)).await?)? {
            // It may have ended by itself.
            drop(server.execute(Statement::schema(end)).await);
        }
        server.execute(Statement::schema(self.remove.as_str())).await.map(drop)
    }
}
