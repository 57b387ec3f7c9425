"""Dates that are counted from a reference: ``kemarin``, ``2 jam lalu``, ``Senin lalu``."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from feeds import indonesian as words
from feeds.dates.moments import YEARS, Options, Reading, in_zone, zone_of
from feeds.dates.parts import ONE_AMOUNT, RELATIVE, RefusedError, amount_of, clock_behind, clock_time, only_fillers


def relative(folded: str, options: Options) -> Reading:
    """The moment of a text that is such a date; raises RefusedError where it is none."""
    text = " ".join(folded.split())
    match = RELATIVE.search(text)
    if match is None:
        raise RefusedError("a number alone is no date" if text.replace(".", "").isdigit() else "no date")
    if options.reference is None:
        raise RefusedError("a relative date, and no reference to count from")
    now = in_zone(options.reference, options.zone)
    try:
        value = _counted(match, now)
    except RefusedError:
        raise
    except ValueError:  # relativedelta's, for a year out of range
        raise RefusedError("too far away") from None
    if value.year not in YEARS:
        raise RefusedError("the year cannot be right")
    end = match.end()
    clock = clock_behind(text, end, beside=True) if match["day"] or match["weekday"] else None
    if clock:
        hour, minute, second, microsecond = clock_time(clock)
        part = words.DAY_PARTS.get(match[0].split()[-1])
        if part and not clock["part"] and hour not in words.TWELVE_HOURS[part]:
            raise RefusedError(f"{match[0]} contradicts the clock")
        if match["day"] in words.NIGHTS and hour < 12:
            raise RefusedError("the small hours of a night belong to two dates")
        value = value.replace(hour=hour % 24, minute=minute, second=second, microsecond=microsecond)
        value = value.replace(tzinfo=zone_of(clock) or options.zone) + timedelta(days=hour == 24)
        end = clock.end()
    only_fillers(text[: match.start()], text[end:], value.weekday())
    return value, "relative", ()


def _counted(match: re.Match[str], now: datetime) -> datetime:
    """The moment that a match of RELATIVE means."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    if match["now"]:
        return now
    if match["day"]:
        return midnight + timedelta(days=words.DAYS[match["day"]])
    if match["weekday"]:
        back = (midnight.weekday() - words.WEEKDAYS[match["weekday"]]) % 7
        return midnight - timedelta(days=back or 7)
    sign = -1 if match["way"] in words.PAST else 1
    amounts = [(amount_of(count), *words.UNITS[unit]) for count, unit in ONE_AMOUNT.findall(match["ago"])]
    clocks = all(step in words.CLOCK_STEPS for _, step, _ in amounts)
    if len(amounts) > 1 and not clocks:
        raise RefusedError("days and clocks mixed")
    value = now if clocks else midnight
    for (count, share), step, size in amounts:
        if clocks:
            value += sign * timedelta(**{step: count * size}) / share
        elif share != 1:
            raise RefusedError("a part of a day or more")
        else:
            value += _step(step, sign * count * size)
    return value


def _step(step: str, count: int) -> relativedelta:
    """A step by the calendar: a month after 31 January is the last of February."""
    if step == "months":
        return relativedelta(months=count)
    return relativedelta(years=count) if step == "years" else relativedelta(days=count)
