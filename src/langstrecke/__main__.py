"""`python -m langstrecke`."""

from langstrecke.cli import main

if __name__ == "__main__":
    main()
