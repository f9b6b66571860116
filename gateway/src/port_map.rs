//! Follows the port map of the port manager, and has nginx follow it: without a reload, and again after a
//! start.
//!
//! The map that is in use is kept in a file, so that a gateway that starts alone goes on as before. The
//! addresses that nginx asks are worked out from map, settings and name lookups, and pushed to it whole.

mod push;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use clients::address::Directory;
use clients::port_map::PortMapClient;
use common::model::port::{GatewayState, MapVersion, PortMap};
use common::secret::Secret;
use service_kit::request::new_id;
use service_kit::service::Kit;
use tracing::{info, warn};

use self::push::Push;
use self::text::Lookups;
use crate::certificate::write_private;
use crate::config::Config;
use crate::error::Error;
use crate::render::Edge;
use crate::services::{Address, SERVICES};
use crate::state::EdgeState;

/// Exchanges in a row, should the map change all the time.
const MOST_EXCHANGES: usize = 5;

/// The state of the follower; nobody else pushes to nginx.
pub struct Follower {
    client: PortMapClient,
    directory: Directory,
    push: Push,
    state: EdgeState,
    name: String,
    configured: Vec<Address>,
    kept: PathBuf,
    started_with: PathBuf,
    map: Option<PortMap>,
    lookups: Lookups,
    is_silent: bool,
}

/// What the gateway and nginx alone know; made once.
///
/// # Errors
/// When the file can be neither read nor written.
pub fn key(state_dir: &Path) -> Result<Secret<String>, Error> {
    let path = state_dir.join("admin.key");
    match fs::read_to_string(&path) {
        Ok(key) if key.len() == 64 => return Ok(Secret::new(key)),
        Ok(_) | Err(_) => {}
    }
    let key = format!("{}{}", new_id(), new_id());
    write_private(&path, &key)?;
    Ok(Secret::new(key))
}

impl Follower {
    /// Goes on with the map that was kept, and writes what nginx starts with.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub async fn open(kit: &Kit, config: &Config, state: EdgeState) -> Result<Self, Error> {
        let edge: &Edge = &config.edge;
        let port_manager = edge.services.iter().zip(&SERVICES);
        let port_manager = port_manager
            .filter(|(_, service)| service.name == "port-manager")
            .map(|(address, _)| address.url())
            .next()
            .unwrap_or_default();
        let base = kit.base("port-manager", &port_manager);
        let kept = config.state_dir.join("port-map.json");
        let mut follower = Self {
            client: PortMapClient::new(kit.http.clone(), base, kit.tokens.clone()),
            directory: kit.directory.clone(),
            push: Push::new(kit.http.clone(), edge.admin_port, edge.admin_key.clone()),
            state,
            name: config.name.clone(),
            configured: edge.services.clone(),
            started_with: edge.port_map.clone(),
            map: read(&kept),
            kept,
            lookups: Lookups::default(),
            is_silent: false,
        };
        if let Some(map) = &follower.map {
            follower.directory.follow(&map.services);
        }
        follower.state.set_places(follower.places());
        let text = follower.look_up().await;
        follower.write(&text)?;
        Ok(follower)
    }

    /// One round: asks for the newest map, has nginx follow, and says so. Safe to repeat.
    ///
    /// # Errors
    /// When a file cannot be written, or nginx does not take the map.
    pub async fn round(&mut self) -> Result<(), Error> {
        for _exchange in 0..MOST_EXCHANGES {
            let told = self.state.served_map();
            let has_news = self.ask(told.clone()).await?;
            self.apply().await?;
            if !has_news && self.state.served_map() == told {
                break;
            }
        }
        Ok(())
    }

    /// Says which map is served; whether there is a newer one.
    async fn ask(&mut self, serves: Option<MapVersion>) -> Result<bool, Error> {
        let state = GatewayState {
            gateway: self.name.clone(),
            serves,
        };
        let map = match self.client.exchange(&state).await {
            Ok(map) => map,
            Err(error) => {
                if !std::mem::replace(&mut self.is_silent, true) {
                    warn!("The port map stays as it is: {error}");
                }
                return Ok(false);
            }
        };
        if std::mem::take(&mut self.is_silent) {
            info!("The port manager tells the port map again");
        }
        let is_news = match &self.map {
            Some(known) if known.version.epoch == map.version.epoch => {
                known.version.revision < map.version.revision
            }
            Some(_) | None => true,
        };
        if is_news {
            if self.map.as_ref().map(|known| &known.services) != Some(&map.services) {
                write_private(&self.kept, &serde_json::to_string(&map).unwrap_or_default())?;
            }
            self.directory.follow(&map.services);
            self.map = Some(map);
        }
        Ok(is_news)
    }

    /// Has nginx follow the map; a start of nginx finds the same.
    async fn apply(&mut self) -> Result<(), Error> {
        let text = self.look_up().await;
        if fs::read_to_string(&self.started_with).ok().as_deref() != Some(&text) {
            self.write(&text)?;
        }
        let served = self.push.served().await;
        if served.is_none() && self.state.snapshot().served.is_none() {
            // It starts with the file.
            self.state.set_served_map(None);
            return Ok(());
        }
        if served.as_deref() != Some(&text) {
            self.state.set_served_map(None);
            self.push.push(&text).await?;
        }
        let version = self.map.as_ref().map(|map| map.version.clone());
        self.state.set_served_map(version);
        self.state.set_places(self.places());
        Ok(())
    }

    /// Where each service is asked.
    fn places(&self) -> Vec<Address> {
        let services = SERVICES.iter().zip(&self.configured);
        let map = self.map.as_ref();
        let place = |name: &str, address: &Address| {
            let mut entries = map.iter().flat_map(|map| &map.services);
            let entry =
                entries.find(|one| one.name == name && one.configured_port == address.port())?;
            Some(address.on(entry.port))
        };
        services
            .map(|(service, address)| {
                place(service.name, address).unwrap_or_else(|| address.clone())
            })
            .collect()
    }

    async fn look_up(&mut self) -> String {
        let places = self.places();
        let services: Vec<_> = SERVICES
            .iter()
            .map(|service| service.name)
            .zip(&places)
            .collect();
        self.lookups.render(&services).await
    }

    fn write(&self, text: &str) -> Result<(), Error> {
        write_private(&self.started_with, text)
    }
}

fn read(path: &Path) -> Option<PortMap> {
    let text = fs::read_to_string(path).ok()?;
    match serde_json::from_str(&text) {
        Ok(map) => Some(map),
        Err(error) => {
            warn!("The kept port map is not used: {error}");
            None
        }
    }
}
