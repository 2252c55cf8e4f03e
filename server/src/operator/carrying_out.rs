//! A running server carries orders out. Where several nodes share a database, whichever finds one first does, and others that find
//! it at the same moment change nothing more: each deed can be done twice.

use heartogether::{
    id::RoomCode,
    room::{Event, Foreseen},
};

use crate::{
    error::ServerError,
    rooms::append,
    state::Node,
    storage::{
        log::LogError,
        orders::{Deed, Order},
    },
};

/// Milliseconds after which orders are looked for again.
const LOOK_EVERY_MS: u64 = 1_000;
/// What comes of an order of another version.
const NOT_UNDERSTOOD: &str = "not understood by this version of the server";

/// Looks for orders for as long as the server runs.
pub(crate) async fn carry_out_orders(node: &Node) {
    loop {
        match node.carry_out_orders().await {
            Ok(()) => {}
            // Whoever needs the storage says so.
            Err(error) if error.is_storage_down() => {}
            Err(error) => _ = error.report(),
        }
        node.clock.sleep_until(node.clock.now().after_ms(LOOK_EVERY_MS)).await;
    }
}

impl Node {
    /// Carries out the orders that wait. One that fails is tried again later.
    async fn carry_out_orders(&self) -> Result<(), ServerError> {
        for order in self.orders.pending().await? {
            let outcome = self.carry_out(&order).await?;
            self.orders.finish(order.id, self.clock.date(), outcome).await?;
            tracing::warn!("{} ordered: {} {}: {outcome}", order.by, order.deed_name, order.target);
        }
        Ok(())
    }

    async fn carry_out(&self, order: &Order) -> Result<&'static str, ServerError> {
        let target = order.target.as_str();
        match (order.deed, target.parse()) {
            (Some(Deed::CloseRoom), _) => self.close_room(target).await,
            (Some(Deed::BanAccount), Ok(account)) => {
                if !self.ban(account).await? {
                    return Ok("there is no such account");
                }
                Ok("banned")
            }
            (Some(Deed::UnbanAccount), Ok(account)) => match self.store.lift_ban(account).await? {
                true => Ok("the ban is lifted; rooms that the account was put out of stay closed to it"),
                false => Ok("this account is not banned"),
            },
            (Some(Deed::RemovePicture), _) => match target.parse() {
                Ok(picture) => self.remove_picture(picture).await,
                Err(_) => Ok(NOT_UNDERSTOOD),
            },
            _ => Ok(NOT_UNDERSTOOD),
        }
    }

    async fn close_room(&self, code: &str) -> Result<&'static str, ServerError> {
        let found = match RoomCode::parse(code) {
            Ok(code) => self.log.find(code).await?,
            Err(_) => None,
        };
        let Some(id) = found else { return Ok("there is no such room") };
        let room = self.rooms.open(id);
        match room.foresee(&Event::ClosedByOperator).await {
            Ok(Foreseen::Change) => {}
            Ok(Foreseen::Nothing) => return Ok("closed"),
            Err(_) => return Ok("there is no such room"),
        }
        match append(&*self.log, id, Event::ClosedByOperator).await {
            Ok(_) | Err(LogError::NoSuchRoom) => Ok("closed"),
            Err(error) => Err(error.into()),
        }
    }
}
