"""How the settings page looks: one style sheet from a theme and a letter size."""

from __future__ import annotations

from monitor.dashboard.theme import Theme


def style_sheet(theme: Theme, px: int) -> str:
    """A style sheet for the page and all in it; `px`: height of the letters in pixels."""
    small, large = round(px * 0.88), round(px * 1.45)
    pad, side = round(px * 0.3), round(px * 0.6)
    return f"""
    QWidget {{ color: {theme.text}; font-family: 'DejaVu Sans', sans-serif; font-size: {px}px; }}
    #page, #leaf, #chapters, #bar {{ background: {theme.background}; }}
    #card {{ background: {theme.panel}; border: 1px solid {theme.edge}; border-radius: 6px; }}
    #line {{ background: {theme.edge}; }}
    #title {{ font-size: {large}px; font-weight: bold; }}
    #chapter {{ color: {theme.dim}; font-size: {small}px; font-weight: bold; }}
    #label {{ font-weight: bold; }}
    #help, #unit, #where, #said {{ color: {theme.dim}; font-size: {small}px; }}
    #unit {{ font-size: {px}px; }}
    #error, #banner {{ color: {theme.attention}; font-weight: bold; }}
    #banner {{ background: {theme.panel}; border: 2px solid {theme.attention}; border-radius: 6px; padding: {side}px; }}
    #note {{
        background: {theme.panel}; border: 1px solid {theme.edge}; border-radius: 6px; padding: {pad}px {side}px;
    }}
    QLineEdit, QComboBox, QPushButton {{
        background: {theme.panel}; border: 1px solid {theme.dim}; border-radius: 4px; padding: {pad}px {side}px;
        selection-background-color: {theme.trace}; selection-color: {theme.background};
    }}
    QLineEdit:focus, QComboBox:focus, QPushButton:focus {{
        border: 2px solid {theme.trace}; padding: {pad - 1}px {side - 1}px;
    }}
    QLineEdit[wrong="true"] {{ border: 2px solid {theme.attention}; padding: {pad - 1}px {side - 1}px; }}
    QLineEdit:disabled, QComboBox:disabled, QPushButton:disabled {{ color: {theme.dim}; border-color: {theme.edge}; }}
    QPushButton:hover, QComboBox:hover {{ background: {theme.edge}; }}
    QPushButton#save {{ background: {theme.trace}; color: {theme.background}; border-color: {theme.trace}; }}
    QPushButton#save:focus {{ border: 2px solid {theme.text}; }}
    QPushButton#save:disabled {{ background: {theme.panel}; color: {theme.dim}; border-color: {theme.edge}; }}
    QPushButton#reset {{ font-size: {small}px; padding: {max(1, pad - 2)}px {side}px; }}
    QPushButton#nav {{ text-align: left; background: transparent; border: 2px solid transparent; }}
    QPushButton#nav:hover {{ background: {theme.panel}; }}
    QPushButton#nav:checked {{ background: {theme.panel}; border-left: 4px solid {theme.trace}; font-weight: bold; }}
    QPushButton#nav:focus {{ border: 2px solid {theme.trace}; }}
    QComboBox QAbstractItemView {{
        background: {theme.panel}; selection-background-color: {theme.trace}; selection-color: {theme.background};
    }}
    QComboBox {{ padding-right: {2 * px}px; }}
    QComboBox:focus {{ padding-right: {2 * px - 1}px; }}
    QComboBox::drop-down {{ border: none; width: {2 * px}px; }}
    QComboBox::down-arrow {{ image: none; }}
    QCheckBox {{
        spacing: {side}px; padding: {pad}px {side}px {pad}px 0; border: 2px solid transparent; border-radius: 4px;
    }}
    QCheckBox:focus {{ border: 2px solid {theme.trace}; }}
    QCheckBox::indicator {{
        width: {px}px; height: {px}px; border: 2px solid {theme.dim}; border-radius: 4px; background: {theme.panel};
    }}
    QCheckBox::indicator:checked {{ background: {theme.trace}; border-color: {theme.trace}; }}
    QCheckBox:disabled {{ color: {theme.dim}; }}
    QCheckBox::indicator:checked:disabled {{ background: {theme.edge}; border-color: {theme.edge}; }}
    QSlider::groove:horizontal {{ height: {pad}px; background: {theme.edge}; border-radius: {pad // 2}px; }}
    QSlider::sub-page:horizontal {{ background: {theme.trace}; border-radius: {pad // 2}px; }}
    QSlider::sub-page:horizontal:disabled {{ background: {theme.dim}; }}
    QSlider::handle:horizontal {{
        width: {px}px; margin: -{px // 2}px 0; border-radius: 4px; background: {theme.text};
    }}
    QScrollBar:vertical {{ background: transparent; width: {px - 2}px; }}
    QScrollBar::handle:vertical {{ background: {theme.dim}; border-radius: {px // 2 - 2}px; min-height: {2 * px}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSlider {{ border: 2px solid transparent; border-radius: 4px; min-height: {px * 2}px; }}
    QSlider:focus {{ border: 2px solid {theme.trace}; }}
    QScrollArea {{ border: none; background: {theme.background}; }}
    """
