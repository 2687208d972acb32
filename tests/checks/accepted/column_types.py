"""Right statements with columns of many types, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import OWNED, Right

TYPES: Final[dict[str, Right]] = {
    "date": (
        f"select id, born, reached from milestones where {OWNED} and reached >= :day",
        "id: int, born: date | None, reached: date",
        ("reached: date", "reached: datetime"),
    ),
    "numeric": (
        f"select weight, sum(weight) over () as total from milestones where {OWNED} and weight > :amount",
        "weight: Decimal, total: Decimal",
        ("weight: Decimal", "weight: float"),
    ),
    "uuid": (
        f"select token from milestones where {OWNED} and token = :token",
        "token: UUID",
        ("token: UUID", "token: str"),
    ),
    "interval": (
        f"select lasted from milestones where {OWNED} and lasted < :lasted",
        "lasted: timedelta",
        ("lasted: timedelta", "lasted: int"),
    ),
    "inet and cidr": (
        f"select address, network from milestones where {OWNED} and address = :address",
        "address: str, network: str",
        ("network: str", "network: bytes"),
    ),
    "time": (
        f"select woken from milestones where {OWNED} and woken < :time",
        "woken: time",
        ("woken: time", "woken: timedelta"),
    ),
    "bytea and real": (
        f"select photo, ratio from milestones where {OWNED} and ratio > :ratio",
        "photo: bytes | None, ratio: float",
        ("ratio: float", "ratio: Decimal"),
    ),
    "arrays of them": (
        f"select days, weights from milestones where {OWNED} and days && :days",
        "days: list[date], weights: list[Decimal]",
        ("days: list[date]", "days: list[str]"),
    ),
    "ranges": (
        f"select period, periods from milestones where {OWNED} and period @> :day::date",
        "period: Range, periods: list[Range] | None",
        ("period: Range,", "period: Range | None,"),
    ),
    "domains": (
        f"select label, mass from milestones where {OWNED} and label = :name::short_name",
        "label: str, mass: Decimal",
        ("mass: Decimal", "mass: Decimal | None"),
    ),
    "fields of a composite type": (
        f"select (place).street, (place).number from milestones where {OWNED}",
        "street: str | None, number: int | None",
        ("number: int | None", "number: str | None"),
    ),
    "a composite value is built": (
        f"update milestones set place = row(:name::text, :age::integer)::home where {OWNED} returning id",
        "id: int",
        (OWNED, "id = :id"),
    ),
    "insert of every type": (
        """
        insert into milestones (
          parent_profile_id, child_id, title, born, weight, token, lasted, woken, ratio, days, weights
        )
        values (
          :parent_profile_id, :child_id, :title, :born, :weight, :token, :lasted, :woken, :ratio, :days, :weights
        )
        returning id
        """,
        "id: int",
        ("born, weight", "weight, born"),
    ),
    "types in documents": (
        f"""
        select row_to_json(m) as milestone
          from (
                 select id, title, born, weight::text as weight, token, woken, days, level from milestones
                  where {OWNED}
               ) as m
        """,
        "milestone: Milestone",
        ("weight::text as weight", "weight"),
    ),
    "a view": (
        f"select id, title, born, label from own_milestones where {OWNED}",
        "id: int, title: str, born: date | None, label: str",
        (f"where {OWNED}", ""),
    ),
    "whole part of a moment": (
        f"""
        select extract(year from created_at)::integer as year, created_at::date as day
          from child_profiles where {OWNED}
        """,
        "year: int, day: date",
        ("day: date", "day: str"),
    ),
    "age of a birthday": (
        f"select id, extract(year from age(reached))::integer as years from milestones where {OWNED}",
        "id: int, years: int",
        ("years: int", "years: int | None"),
    ),
    "series of days": (
        """
        select d.day::date as day, count(m.id) as milestones
          from generate_series(:day::date, :day::date + 7, '1 day') as d (day)
          left join milestones as m on m.reached = d.day::date and m.parent_profile_id = :parent_profile_id
         group by d.day
        """,
        "day: date, milestones: int",
        ("and m.parent_profile_id = :parent_profile_id", ""),
    ),
}

# Writes and gives back a value of each type.
ROUND_TRIP: Final = (
    """
    insert into milestones (
      parent_profile_id, child_id, title, born, weight, token, lasted, address, network, woken, photo, ratio, days,
      weights, period, periods, label, level
    )
    values (
      :parent_profile_id, :child_id, :title, :born, :weight, :token, :lasted, :address, :network, :woken, :photo,
      :ratio, :days, :weights, :period, :periods, (:name || '')::short_name, :level
    )
    returning born, weight, token, lasted, address, network, woken, photo, ratio, days, weights, period, periods, level
    """,
    (
        "born: date | None, weight: Decimal, token: UUID, lasted: timedelta, address: str | None, network: str, "
        "woken: time, photo: bytes | None, ratio: float, days: list[date], weights: list[Decimal], "
        "period: Range | None, periods: list[Range] | None, level: Level"
    ),
)
