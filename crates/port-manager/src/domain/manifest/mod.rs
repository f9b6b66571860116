//! Ports as code: the wished state of a suite as a document, what it would change, and its application.

pub mod application;
pub mod comparison;
pub mod document;
