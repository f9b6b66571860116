//! Rebuilds the package when a migration is added; the compiler sees only changes of known files.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
