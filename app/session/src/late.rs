//! What the browser alone makes, long after the page came to life.

use std::any::Any;

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::any_attribute::AnyAttribute,
        hydration::Cursor,
        no_attrs,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState},
    },
};

/// A view that is not there when the server writes the page, nor when the page comes to life. Its type ends here. A `ViewFn`
/// would bring the code that hydrates it: for two dialogs, 17 KB of what a browser loads.
pub(crate) struct Late(Box<dyn View>);

/// What stands in the document of it.
pub(crate) struct LateState(Option<Box<dyn Standing>>);

impl Late {
    pub(crate) fn new(view: impl RenderHtml + 'static) -> Self {
        Self(Box::new(view))
    }
}

trait View: Send {
    fn build(self: Box<Self>) -> Box<dyn Standing>;
    fn rebuild(self: Box<Self>, state: &mut dyn Any);
}

impl<V: RenderHtml + 'static> View for V {
    fn build(self: Box<Self>) -> Box<dyn Standing> {
        Box::new(Render::build(*self))
    }

    fn rebuild(self: Box<Self>, state: &mut dyn Any) {
        // Always: at one place there stand views of one type.
        if let Some(state) = state.downcast_mut::<V::State>() {
            Render::rebuild(*self, state);
        }
    }
}

trait Standing {
    fn as_any(&mut self) -> &mut dyn Any;
    fn unmount(&mut self);
    fn mount(&mut self, parent: &Element, marker: Option<&Node>);
    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool;
}

impl<M: Mountable + 'static> Standing for M {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn unmount(&mut self) {
        Mountable::unmount(self);
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        Mountable::mount(self, parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        Mountable::insert_before_this(self, child)
    }
}

impl Render for Late {
    type State = LateState;

    fn build(self) -> LateState {
        LateState(Some(self.0.build()))
    }

    fn rebuild(self, state: &mut LateState) {
        match &mut state.0 {
            Some(standing) => self.0.rebuild((**standing).as_any()),
            None => state.0 = Some(self.0.build()),
        }
    }
}

impl RenderHtml for Late {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// Not there yet.
    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    /// Not there yet.
    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> LateState {
        LateState(None)
    }

    fn into_owned(self) -> Self {
        self
    }
}

no_attrs!(Late);

impl Mountable for LateState {
    fn unmount(&mut self) {
        if let Some(standing) = &mut self.0 {
            standing.unmount();
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        if let Some(standing) = &mut self.0 {
            standing.mount(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0
            .as_ref()
            .is_some_and(|standing| standing.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}
