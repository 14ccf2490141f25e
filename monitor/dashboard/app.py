"""Starts the live window: finds out first whether there is a screen, because Qt would end the process otherwise."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from typing import TYPE_CHECKING

from monitor.errors import OutputUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget

    from monitor.dashboard.actions import LiveActions
    from monitor.dashboard.theme import Theme
    from monitor.dashboard.viewmodel import LiveModel
    from monitor.sources.identity_desk import IdentityDesk

_REMEDY = "Use --no-gui for plain lines; 'headsup doctor' says what is missing."


def check_display() -> None:
    """Raise OutputUnavailableError where a window cannot be opened.

    On Linux, Qt calls abort() without a display or with a platform plugin that lacks a library: nothing can
    catch that, so the display variables, the X server and the plugin's libraries are tried before.
    """
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        if platform.partition(":")[0] == "xcb":
            _check_x11()
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise OutputUnavailableError("display", "neither DISPLAY nor WAYLAND_DISPLAY is set", _REMEDY)
    _check_x11()


def _check_x11() -> None:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise OutputUnavailableError("display", f"an X11 library is missing ({error})", _REMEDY) from error
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        name = os.environ.get("DISPLAY", "")
        raise OutputUnavailableError("display", f"the X server '{name}' does not answer", _REMEDY)


def _check_plugin() -> None:
    """Load Qt's X11 plugin the way Qt will, to learn of a missing library in time."""
    from PySide6.QtCore import QLibraryInfo

    wayland = os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("QT_QPA_PLATFORM")
    if not sys.platform.startswith("linux") or wayland or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return
    plugin = os.path.join(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), "platforms", "libqxcb.so")
    if not os.path.exists(plugin):
        return
    try:
        ctypes.CDLL(plugin)
    except OSError as error:
        raise OutputUnavailableError("display", f"Qt's X11 plugin cannot be loaded ({error})", _REMEDY) from error


def application(remedy: str = _REMEDY) -> QApplication:
    """Qt, ready for a window. Raises OutputUnavailableError with this remedy where no window can be opened."""
    try:
        check_display()
        import pyqtgraph  # noqa: F401  (the windows need it: better to miss it here, with a sentence)
        from PySide6.QtWidgets import QApplication

        _check_plugin()
    except OutputUnavailableError as error:
        raise OutputUnavailableError(error.output, error.reason, remedy) from error
    except ImportError as error:
        raise OutputUnavailableError("display", f"Qt cannot be loaded ({error})", remedy) from error
    app = QApplication.instance() or QApplication(["headsup"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Heads Up")
    app.setStyle("Fusion")
    return app


def run_live(
    model: LiveModel,
    actions: LiveActions,
    *,
    recording: bool = False,
    full_screen: bool = False,
    theme: str = "auto",
    reduced_motion: bool = False,
    settings_page: Callable[[Theme], QWidget] | None = None,
    desk: IdentityDesk | None = None,
    stop_event: threading.Event | None = None,
) -> int:
    """Show the live window until it is closed; returns the exit code (0; 130 after Ctrl-C). Main thread only.

    `theme` is 'auto', 'dark' or 'light'; `reduced_motion` keeps the drawn runner still;
    `settings_page` makes the page of settings, a window of its own; `desk` is where the source asks whether a device is
    the wearer's. When `stop_event` is set from
    another thread, the window closes without a question. `actions.stop()` is called exactly once. Raises
    OutputUnavailableError before anything is opened.
    """
    app = application()
    from monitor.dashboard.interrupt import ended_by_ctrl_c
    from monitor.dashboard.window import LiveWindow

    window = LiveWindow(
        model,
        actions,
        recording=recording,
        theme=theme,
        glance=True,
        reduced_motion=reduced_motion,
        settings_page=settings_page,
        desk=desk,
        on_closed=app.quit,
    )
    with ended_by_ctrl_c(window, window.end_now, stop_event) as interrupted:
        window.showFullScreen() if full_screen else window.show()
        app.exec()
    return 130 if interrupted.is_set() else 0
