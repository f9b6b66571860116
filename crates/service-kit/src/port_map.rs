//! Follows the port map: the process calls other services where they are, and listens where it should.
//!
//! The map is read from the database, so that nobody who only holds a port can forge it, and so that it is
//! there while the port manager is not.

use std::net::SocketAddr;
use std::time::Duration;

use common::model::port::Whereabouts;
use sqlx::PgPool;
use tracing::{info, warn};

use crate::listeners::Listeners;
use crate::reconcile;
use crate::service::{BuildError, Kit};

/// How often the map is read without a hint.
const PERIOD: Duration = Duration::from_secs(5);
/// Longest wait for the map at the start; after that the port of the settings is taken.
const START_PATIENCE: Duration = Duration::from_secs(3);

/// A line of the map.
struct Entry {
    place: Whereabouts,
    /// The port that the service has to come to by itself; none while somebody leads it.
    home: Option<u16>,
    /// Number of who led the last move.
    epoch: u64,
}

async fn read(db: &PgPool) -> sqlx::Result<Vec<Entry>> {
    let rows = sqlx::query!(
        r#"SELECT name AS "name!", configured_port AS "configured_port!", port AS "port!", home AS "home?", epoch AS "epoch!"
           FROM ports.read_map()"#
    )
    .fetch_all(db)
    .await?;
    let port =
        |number: i32| u16::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()));
    rows.into_iter()
        .map(|row| {
            Ok(Entry {
                place: Whereabouts {
                    configured_port: port(row.configured_port)?,
                    port: port(row.port)?,
                    name: row.name,
                },
                home: row.home.map(port).transpose()?,
                epoch: u64::try_from(row.epoch).unwrap_or(0),
            })
        })
        .collect()
}

/// The line of this process; none if another instance of the service is meant.
fn own<'a>(kit: &Kit, map: &'a [Entry]) -> Option<&'a Entry> {
    map.iter().find(|entry| {
        entry.place.name == kit.service.name && entry.place.configured_port == kit.config.port
    })
}

/// The port to listen on at first: where the gateway and the other services look for this one.
async fn first_port(kit: &Kit) -> u16 {
    let configured = kit.config.port;
    if kit.config.database_url.is_empty() || configured == 0 {
        return configured;
    }
    match tokio::time::timeout(START_PATIENCE, read(&kit.db)).await {
        Ok(Ok(map)) => {
            let port = own(kit, &map).map_or(configured, |entry| entry.place.port);
            if port != configured {
                info!(port, "The port map leads to port {port}, not {configured}");
            }
            port
        }
        Ok(Err(error)) => {
            warn!("The port map cannot be read, port {configured} is taken: {error}");
            configured
        }
        Err(_elapsed) => {
            warn!("The port map is not there in time, port {configured} is taken");
            configured
        }
    }
}

/// Listens where the map leads, and follows it from then on.
pub(crate) async fn open(kit: &Kit, listeners: &Listeners) -> Result<SocketAddr, BuildError> {
    let address = listeners.open_first(first_port(kit).await)?;
    follow(kit, listeners);
    Ok(address)
}

/// Follows the map until the process stops.
fn follow(kit: &Kit, listeners: &Listeners) {
    if kit.config.database_url.is_empty() {
        return;
    }
    let (follower, listeners) = (kit.clone(), listeners.clone());
    let round = move || {
        let (kit, listeners) = (follower.clone(), listeners.clone());
        async move {
            let map = read(&kit.db).await.map_err(|error| error.to_string())?;
            let places: Vec<_> = map.iter().map(|entry| entry.place.clone()).collect();
            kit.directory.follow(&places);
            let own = own(&kit, &map);
            listeners.set_led(own.is_some());
            let own = own.and_then(|entry| Some((entry.epoch, entry.home?)));
            match own {
                Some((epoch, home)) => listeners
                    .come_to(epoch, home)
                    .await
                    .map_err(|refusal| refusal.to_string()),
                None => Ok(()),
            }
        }
    };
    reconcile::every(&kit.tasks, "port map", PERIOD, kit.ports.clone(), round);
}
