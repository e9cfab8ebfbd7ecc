//! A page whose type ends here, so that the main part need not know it.

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

/// A page that the server wrote, and that is brought to life or taken away. That is all that ever happens to one, as each is a
/// document of its own. Leptos' `AnyView` can do more, and every page in it would bring the code for that.
pub(crate) struct PartView(Box<dyn Page>);

/// A page as it stands in the document.
pub(crate) struct PartState(Option<Box<dyn Standing>>);

impl PartView {
    pub(super) fn new(page: impl RenderHtml + 'static) -> Self {
        Self(Box::new(page))
    }
}

trait Page: Send {
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Standing>;
}

impl<V: RenderHtml + 'static> Page for V {
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Standing> {
        Box::new(RenderHtml::hydrate::<true>(*self, cursor, position))
    }
}

trait Standing {
    fn unmount(&mut self);
    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool;
}

impl<M: Mountable> Standing for M {
    fn unmount(&mut self) {
        Mountable::unmount(self);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        Mountable::insert_before_this(self, child)
    }
}

impl Render for PartView {
    type State = PartState;

    /// Never comes to pass. If it did, the server would be asked for the page.
    fn build(self) -> PartState {
        // Fails only where there is no document.
        _ = location().reload();
        PartState(None)
    }

    fn rebuild(self, _: &mut PartState) {}
}

impl RenderHtml for PartView {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    /// On the server there is no such type.
    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> PartState {
        PartState(Some(self.0.hydrate(cursor, position)))
    }

    fn into_owned(self) -> Self {
        self
    }
}

no_attrs!(PartView);

impl Mountable for PartState {
    fn unmount(&mut self) {
        if let Some(page) = &mut self.0 {
            page.unmount();
        }
    }

    fn mount(&mut self, _: &Element, _: Option<&Node>) {}

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.as_ref().is_some_and(|page| page.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}
