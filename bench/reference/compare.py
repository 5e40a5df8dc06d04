"""Compares `creatorscore models run` with independent implementations, and times markov beside ChannelAttribution.

    python3 -m venv target/reference
    target/reference/bin/pip install marketing-attribution-models==2.1.1 mta==0.0.9 ChannelAttribution pandas
    target/reference/bin/python bench/reference/compare.py target/release/creatorscore

    target/reference/bin/python bench/reference/compare.py --record crates/domain/tests/reference.json

The second form records the packages' results for generated journeys, which `cargo test` compares with ours.

The first form uses the 10,000 paths bundled with the package mta. It prints the largest difference in any channel's
credit and fails above 1e-6 conversions (of 22,000), the error that the packages' rounding to six digits can cause.
"""

import importlib.resources
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import pandas as pd
from mam import MAM
from mta.mta import MTA

TOLERANCE = 1e-6


def ours(binary, csv):
    begun = time.perf_counter()
    answer = subprocess.run([binary, "models", "run", "--input", csv, "--json"], check=True, capture_output=True).stdout
    return json.loads(answer)["models"], time.perf_counter() - begun


def compare(name, mine, theirs):
    assert set(mine) >= set(theirs), (name, set(theirs) - set(mine))
    worst = max(abs(mine[channel] - theirs.get(channel, 0.0)) for channel in mine)
    print(f"{name:45} largest difference {worst:.2e} of {sum(mine.values()):.0f} conversions")
    assert worst < TOLERANCE, name


def by_channel(frame):
    return dict(zip(frame["channels"], frame["attribution"]))


def main(binary):
    folder = pathlib.Path(tempfile.mkdtemp())
    csv = folder / "journeys.csv"
    with importlib.resources.as_file(importlib.resources.files("mta") / "data" / "data.csv.gz") as packed:
        data = pd.read_csv(packed)
    data.to_csv(csv, index=False)
    mine, took = ours(binary, csv)
    print(f"{len(data)} paths, all seven models: {took * 1000:.0f} ms as a whole process")

    theirs = mam_credits(journeys_of(data), sum(mine["markov"].values()))
    for name, credits in theirs.items():
        compare(f"{name}, marketing-attribution-models 2.1.1", mine[name], credits)
    compare_time_decay(binary, folder)

    mta = MTA(data=str(csv), allow_loops=True, add_timepoints=False)
    mta.shapley(normalize=False)
    compare("shapley, mta 0.0.9", mine["shapley"], mta.attribution["shapley"])
    mta.position_based(normalize=False)
    compare("position_based, mta 0.0.9", mine["position_based"], mta.attribution["pos_based"])
    mta.first_touch(normalize=False)
    compare("first_touch, mta 0.0.9", mine["first_touch"], mta.attribution["first_touch"])
    mta.last_touch(normalize=False)
    compare("last_touch, mta 0.0.9", mine["last_touch"], mta.attribution["last_touch"])

    try:
        import ChannelAttribution
    except ImportError:
        print("ChannelAttribution is not installed: left out")
        return
    begun = time.perf_counter()
    ChannelAttribution.heuristic_models(data, "path", "total_conversions", var_value="total_conversion_value")
    result = ChannelAttribution.markov_model(
        data, "path", "total_conversions", var_value="total_conversion_value", var_null="total_null", out_more=False
    )
    print(f"ChannelAttribution, heuristics and markov: {(time.perf_counter() - begun) * 1000:.0f} ms in process")
    frame = result if isinstance(result, pd.DataFrame) else result["result"]
    theirs = dict(zip(frame["channel_name"], frame["total_conversions"]))
    worst = max(abs(mine["markov"][channel] - credit) / max(credit, 1.0) for channel, credit in theirs.items())
    print(f"markov, ChannelAttribution (simulated): largest relative difference {worst:.2e}")


def record(path):
    """Records the packages' results for journeys generated here; a test of the domain crate compares with them."""
    import random

    random.seed(11)
    data = pd.DataFrame(
        [
            {
                "path": " > ".join(random.choice("abcdefg") for _ in range(random.randint(1, 8))),
                "total_conversions": random.randint(0, 5),
                "total_conversion_value": 0,
                "total_null": random.randint(0, 20),
            }
            for _ in range(150)
        ]
    )
    data = data.groupby("path", as_index=False).sum()
    csv = pathlib.Path(tempfile.mkdtemp()) / "made.csv"
    data.to_csv(csv, index=False)
    theirs = mam_credits(journeys_of(data), float(data["total_conversions"].sum()))
    mta = MTA(data=str(csv), allow_loops=True, add_timepoints=False)
    mta.shapley(normalize=False)
    theirs["shapley"] = dict(mta.attribution["shapley"])
    journeys = [[row.path, row.total_conversions, row.total_null] for row in data.itertuples()]
    pathlib.Path(path).write_text(json.dumps({"journeys": journeys, "expected": theirs}, indent=1, sort_keys=True))


def journeys_of(data):
    """marketing-attribution-models expects one row per journey, with its number of occurrences."""
    rows = []
    for row in data.itertuples():
        if row.total_conversions:
            rows.append((row.path, True, row.total_conversions))
        if row.total_null:
            rows.append((row.path, False, row.total_null))
    return pd.DataFrame(rows, columns=["journey", "converted", "occurrences"])


def mam_credits(journeys, conversions):
    mam = MAM(
        journeys,
        format_type="grouped_journey",
        journey_with_conv_colname="converted",
        channels_colname="journey",
        occurrences_colname="occurrences",
    )
    from mam.models.heuristics import FirstClickModel, LastClickModel, LinearModel, PositionBasedModel
    from mam.models.markov import MarkovModel

    frame = mam.unified_df
    converted = frame.filter(frame["has_conversion"])
    credits = {}
    for name, model in [
        ("first_touch", FirstClickModel()),
        ("last_touch", LastClickModel()),
        ("linear", LinearModel()),
        ("position_based", PositionBasedModel()),
    ]:
        credits[name] = by_channel(model.get_aggregated_results(converted).to_pandas())
    # The package's aggregated results split each journey by the removal effects of its channels. The model of Anderl et
    # al. splits the total conversions by the removal effects; that is the result compared here.
    markov = MarkovModel()
    markov.calculate(frame)
    effects = markov._calculated_weights
    total = sum(effects.values())
    credits["markov"] = {channel: float(conversions * effect / total) for channel, effect in effects.items()}
    return credits


def compare_time_decay(binary, folder):
    """Time decay needs touch times, which the bundled data lacks: compares generated journeys instead."""
    import random

    import polars as pl
    from mam.models.heuristics import TimeDecayModel

    random.seed(7)
    rows = []
    for number in range(2_000):
        count = random.randint(1, 12)
        hours = sorted((random.randint(0, 720) for _ in range(count)), reverse=True)
        rows.append(([random.choice("abcdefgh") for _ in range(count)], hours))
    csv = folder / "timed.csv"
    with open(csv, "w") as out:
        out.write("path,total_conversions,total_conversion_value,total_null,hours_before_conversion\n")
        for channels, hours in rows:
            out.write(f"{' > '.join(channels)},1,1,0,{' > '.join(map(str, hours))}\n")
    mine, _ = ours(binary, csv)
    frame = pl.DataFrame(
        {
            "journey_id": [str(number) for number in range(len(rows))],
            "channels": [channels for channels, _ in rows],
            "time_till_conv": [[float(hour) for hour in hours] for _, hours in rows],
            "conversion_value": [1.0] * len(rows),
            "weight": [1] * len(rows),
        }
    )
    theirs = by_channel(TimeDecayModel(half_life_hours=168).get_aggregated_results(frame).to_pandas())
    compare("time_decay (168 h), marketing-attribution-models", mine["time_decay"], theirs)


if __name__ == "__main__":
    record(sys.argv[2]) if sys.argv[1] == "--record" else main(sys.argv[1])
