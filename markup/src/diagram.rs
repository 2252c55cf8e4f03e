//! Mermaid's diagrams (<https://mermaid.js.org/intro/syntax-reference.html>), drawn as pictures.

use std::sync::LazyLock;

use merman::{
    Engine, MermaidConfig, OperationControl, RenderOutput, RenderRequest, Renderer, SvgEnvironment, SvgRequest,
    svg::{
        HostTheme, HostThemeAppearance, Presentation, RenderResourcePolicy, ResourceLimitId, SvgPipeline, ThemeRole,
    },
};

use crate::{
    allowed::{Attribute, Class, Tag},
    limits::Limits,
    tree::Element,
};

mod picture;

use self::picture::Size;

/// The fonts whose widths the drawing is made for, and those with the same widths.
const FONTS: &str = "Arial, Helvetica, \"Liberation Sans\", sans-serif";
const LIGHT: [(ThemeRole, &str); 9] = [
    (ThemeRole::Canvas, "#ffffff"),
    (ThemeRole::Surface, "#f4f6f5"),
    (ThemeRole::SurfaceAlt, "#e7eceb"),
    (ThemeRole::Text, "#1d282c"),
    (ThemeRole::Border, "#7d8c91"),
    (ThemeRole::Line, "#56666b"),
    (ThemeRole::NoteBackground, "#fbf1da"),
    (ThemeRole::NoteBorder, "#b98a2f"),
    (ThemeRole::NoteText, "#3d2f12"),
];
const DARK: [(ThemeRole, &str); 9] = [
    (ThemeRole::Canvas, "#161e22"),
    (ThemeRole::Surface, "#202a2f"),
    (ThemeRole::SurfaceAlt, "#2b373d"),
    (ThemeRole::Text, "#eef2f3"),
    (ThemeRole::Border, "#6d7f86"),
    (ThemeRole::Line, "#93a5ab"),
    (ThemeRole::NoteBackground, "#3a3016"),
    (ThemeRole::NoteBorder, "#b98a2f"),
    (ThemeRole::NoteText, "#f7e9c6"),
];

static PAINTERS: LazyLock<[Painter; 2]> = LazyLock::new(|| {
    [(HostThemeAppearance::Light, LIGHT), (HostThemeAppearance::Dark, DARK)]
        .map(|(appearance, roles)| Painter::new(appearance, &roles))
});

/// A diagram, drawn for each theme. It is served as a picture of its own, so that nothing in it can reach the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagram {
    /// The SVG for the light theme.
    pub svg_light: String,
    /// The SVG for the dark theme.
    pub svg_dark: String,
    /// What was written, the alternative text.
    pub source: String,
    /// Its width in CSS pixels.
    pub width: u32,
    /// Its height in CSS pixels.
    pub height: u32,
}

impl Diagram {
    /// What stands for it in the HTML until the caller adds its address.
    pub(crate) fn placeholder(&self, number: usize) -> Element {
        Element::new(Tag::Image)
            .class(Class::Diagram)
            .with(Attribute::Diagram, number.to_string())
            .with(Attribute::Width, self.width.to_string())
            .with(Attribute::Height, self.height.to_string())
            .with(Attribute::Alternative, self.source.clone())
    }
}

/// Draws a diagram. `None` if it is none, or beyond a limit.
pub(crate) fn draw(source: &str, limits: &Limits) -> Option<Diagram> {
    // "a & b --> c & d" are four lines, and they are made before they are counted.
    if source.matches('&').count() > limits.diagram_joins {
        return None;
    }
    let [light, dark] = &*PAINTERS;
    let (svg_light, Size { width, height }) = light.draw(source, limits)?;
    let (svg_dark, _) = dark.draw(source, limits)?;
    Some(Diagram { svg_light, svg_dark, source: source.to_owned(), width, height })
}

/// Draws for one theme.
struct Painter {
    renderer: Renderer,
    request: SvgRequest,
}

impl Painter {
    fn new(appearance: HostThemeAppearance, roles: &[(ThemeRole, &str)]) -> Self {
        let theme = HostTheme::new().with_appearance(appearance).try_with_font_family(FONTS);
        let theme = roles
            .iter()
            .try_fold(theme.expect("a list of fonts"), |theme, (role, colour)| theme.try_with_role(*role, *colour));
        let presentation = Presentation::new().with_theme(theme.expect("they are colours")).resolve();
        // Labels are text of SVG and not HTML in it, which not every browser draws in a picture.
        let labels = serde_json::json!({ "htmlLabels": false, "flowchart": { "htmlLabels": false } });
        let engine = Engine::new().with_site_config(MermaidConfig::from_value(labels));
        let request = SvgRequest {
            pipeline: Some(SvgPipeline::resvg_safe()),
            presentation: presentation.render_policy(),
            ..SvgRequest::default()
        };
        Self { renderer: Renderer::new().with_engine(presentation.materialize_engine(engine)), request }
    }

    fn draw(&self, source: &str, limits: &Limits) -> Option<(String, Size)> {
        let request = SvgRequest {
            environment: SvgEnvironment::deterministic().with_resource_policy(policy(limits)?),
            ..self.request.clone()
        };
        // There is no deadline: what is drawn depends on the source alone. The policy counts the work instead.
        let drawn = self.renderer.render(RenderRequest::svg(source, OperationControl::new(), request)).ok()?;
        let RenderOutput::Svg(Some(svg)) = drawn else { return None };
        picture::with_size(&svg.into_parts().0)
            .filter(|(svg, _)| svg.len() <= limits.diagram_bytes && picture::is_inert(svg))
    }
}

fn policy(limits: &Limits) -> Option<RenderResourcePolicy> {
    RenderResourcePolicy::constrained()
        .with_limit(ResourceLimitId::MaxLayoutWorkUnits, limits.diagram_work)
        .and_then(|policy| policy.with_limit(ResourceLimitId::MaxModelItems, limits.diagram_items))
        .and_then(|policy| policy.with_limit(ResourceLimitId::MaxSvgBytes, limits.diagram_bytes))
        .ok()
}
