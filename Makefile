# make help lists what there is. VENV and PYTHON can be set: make test VENV=../env PYTHON=python3.12
VENV ?= .venv
PYTHON ?= python3
# Passed on to the command behind lessons, site, notebooks, benchmark, release, grade:
# make lessons ARGS="02 -p seed 1"
ARGS ?=
# What students handed in: a folder, archive or notebook per student. make grade SUBMISSIONS=folder
SUBMISSIONS ?=
# Of which lesson the tests are to be run: make test LESSON=05, make check LESSON=05
LESSON ?=
# Where the tests lie that make check runs: make check TESTS="tests/data tests/models"
TESTS ?= tests
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help lessons site test check lab notebooks backbone claims benchmark release grade clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

lessons: $(VENV)/.installed ## run every lesson and write the pages in build/
	$(RUN) -m course_utils.batch $(ARGS)

site: $(VENV)/.installed-site ## build the lessons as a website in build/site, from their stored outputs
	$(RUN) -m website $(ARGS)

# The settings in .jupyter spare the question about news. Root, often the only account of a container,
# has to allow JupyterLab expressly, and is told what that means.
lab: $(VENV)/.installed ## open the first lesson in JupyterLab
	@[ "$$(id -u)" != 0 ] || echo "You are root here: what runs in a lesson may change all of this machine."
	JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		$(RUN) -m jupyterlab --ip=127.0.0.1 $$([ "$$(id -u)" != 0 ] || echo --allow-root) \
		notebooks/00_start_here.ipynb

notebooks: $(VENV)/.installed ## execute the lessons in place, before a commit
	$(RUN) -m course_utils.notebooks.refresh $(ARGS)

backbone: $(VENV)/.installed-extras ## remake what is shipped: backbones of lessons 02, 08, 10 and 11, and 11's sounds; half an hour
	$(RUN) -m course_utils.batch 02 --out build/backbone $(ARGS) -p num_letters 100000 \
		-p num_epochs 10 -p steps_per_epoch 200 -p save_to course_utils/models/weights/letters_backbone.pt
	$(RUN) -m course_utils.batch 08 --timeout 3600 --out build/backbone $(ARGS) -p pretrain_scenes 8000 -p pretrain_steps 2000 \
		-p pretrain_batch 32 -p save_backbone_to course_utils/models/weights/scenes_backbone.pt
	$(RUN) -m course_utils.batch 10 --timeout 7200 --out build/backbone $(ARGS) \
		-p packages '["numpy", "scipy", "matplotlib", "torch", "torchvision"]' -p width 128 -p num_layers 3 \
		-p pretrain_steps 3000 -p pretrain_batch 32 -p pretrain_length 128 -p pretrain_rate 0.004 \
		-p save_backbone_to course_utils/models/weights/docstrings_language_model.pt
	$(RUN) -m course_utils.data.sounds.remake
	$(RUN) -m course_utils.lessons.speech.make_backbone

claims: $(VENV)/.installed-extras ## run every lesson with seeds 0 to 7, and fail if a claim does not hold; half an hour
	$(RUN) -m course_utils.batch --sweep seed=0..7 --workers auto --claims-must-hold \
		--out build/claims $(ARGS)

benchmark: $(VENV)/.installed ## measure against the usual ways, in turn; let nothing else run
	$(RUN) -m benchmark $(ARGS)

release: $(VENV)/.installed-classroom ## make class/students.zip and the teacher's notebooks
	$(RUN) -m classroom release $(ARGS)

grade: $(VENV)/.installed-classroom ## mark what students handed in: SUBMISSIONS=folder
	@[ -n "$(SUBMISSIONS)" ] || { echo "Say where the submissions are, a folder, archive" \
		"or notebook per student: make grade SUBMISSIONS=folder"; exit 1; }
	$(RUN) -m classroom grade "$(SUBMISSIONS)" $(ARGS)

# Two processes with one thread each: with two threads each they wait for one another on two cores and
# take five times as long. They share one list of tests, the longest first, so that none waits for the
# other at the end; tests/conftest.py says which tests stay together. Compiled modules are kept, since
# more than a hundred processes load them.
test: $(VENV)/.installed-tests ## check style, units, stored outputs, other parameters, pages; LESSON=05: of one lesson
	@$(STYLE_AND) $(PYTEST) $(OF_LESSON) --nbval --nbval-current-env --nbval-cell-timeout=300 \
		tests notebooks; $(CLOSE)

# What takes long is left to make test, but for the slow unit tests of the lesson or folder one works on.
check: $(VENV)/.installed-tests ## style and quick unit tests, while one works; LESSON=05, TESTS=tests/data: all of these
	@$(STYLE_AND) $(PYTEST) $(OF_LESSON) -m "not (lessons or classroom or site or browser$(OR_SLOW))" \
		--durations=5 --durations-min=1 $(TESTS); $(CLOSE)

CODE := course_utils benchmark classroom website tests notebooks
PYTEST := stage $(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder
OF_LESSON := $(if $(LESSON),--lesson $(LESSON))
OR_SLOW := $(if $(LESSON)$(filter-out tests,$(TESTS)),, or slow)
STYLE_AND = status=0; export OMP_NUM_THREADS=1; unset PYTHONDONTWRITEBYTECODE; \
	stage() { echo; echo "== $$*"; "$$@" || { status=1; echo "== failed: $$*"; }; }; \
	stage $(RUN) -m ruff check $(CODE); stage $(RUN) -m ruff format --check $(CODE);
CLOSE = echo; [ $$status = 0 ] && echo "== all stages passed" || echo "== some stage failed"; exit $$status

clean: ## remove what runs leave behind, but not $(VENV)
	rm -rf build .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

# The stamps say what was installed, so that nothing is installed twice.
$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-classroom: classroom/requirements.txt $(VENV)/.installed
	$(RUN) -m pip install --disable-pip-version-check -r classroom/requirements.txt
	touch $@

$(VENV)/.installed-site: website/requirements.txt $(VENV)/.installed
	$(RUN) -m pip install --disable-pip-version-check -r website/requirements.txt
	touch $@

# TensorFlow has no wheels for some systems, such as Macs with Intel: there the rest is installed alone.
EXTRAS := $(wildcard requirements/*.txt)
WITHOUT_TENSORFLOW := $(filter-out requirements/tensorflow.txt,$(EXTRAS))

$(VENV)/.installed-extras: $(EXTRAS) $(VENV)/.installed
	$(RUN) -m pip install --disable-pip-version-check $(addprefix -r ,$(EXTRAS)) || { \
		$(RUN) -m pip install --disable-pip-version-check $(addprefix -r ,$(WITHOUT_TENSORFLOW)) && \
		echo "== TensorFlow cannot be had here: tests of it are skipped, lesson 12 shows stored numbers"; }
	touch $@

$(VENV)/.installed-tests: tests/requirements.txt $(VENV)/.installed-classroom $(VENV)/.installed-site \
		$(VENV)/.installed-extras
	$(RUN) -m pip install --disable-pip-version-check -r tests/requirements.txt
	sh tests/install_browser.sh
	touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "The workbook needs Python 3.10 to 3.13; $(PYTHON) is" \
			"$$($(PYTHON) --version 2>&1 | head -n 1). Name another one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
