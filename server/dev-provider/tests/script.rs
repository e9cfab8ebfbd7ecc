//! Every switch of the scripted provider does what it says.
